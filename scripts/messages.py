"""Collect, compile and check the translations.

    python scripts/messages.py update   collect what is to be translated; compile what is
    python scripts/messages.py check    nothing missing, nothing fuzzy, .mo made from .po

The compiled catalogues are committed, because not every machine has gettext. Only the collecting needs it.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es",)
LEFT_OUT = ("tests", "var", ".venv", "bench", "scripts", "tools")
NO_GETTEXT = "gettext is missing. This brings it: sudo apt-get install gettext (or: brew install gettext)"
Key = tuple[str | None, str, str]


def catalogue(root: Path, language: str) -> Path:
    """Return the path of the .po file of `language`."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def key(entry: polib.POEntry) -> Key:
    """Return what identifies a message: its context, its text, its plural."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def collect(root: Path) -> None:
    """Let Django bring the catalogues below `root` up to date with the source."""
    command = [
        sys.executable,
        str(root / "manage.py"),
        "makemessages",
        "--no-obsolete",
        "--no-wrap",
        "-v",
        "0",
    ]
    command += ["--add-location", "file"]
    for language in LANGUAGES:
        command += ["-l", language]
    for folder in LEFT_OUT:
        command += ["-i", f"{folder}/*"]
    subprocess.run(command, cwd=root, check=True)


def compile_all() -> None:
    """Write each .mo anew from its .po."""
    for language in LANGUAGES:
        path = catalogue(ROOT, language)
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def source_keys(language: str) -> set[Key]:
    """Collect the messages of the source in a copy of the tree, and return them."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    with tempfile.TemporaryDirectory(prefix="lbs-messages-") as folder:
        copy = Path(folder)
        for name in names:
            if name and (ROOT / name).is_file() and Path(name).parts[0] not in LEFT_OUT:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy / name)
        (copy / "locale").mkdir(exist_ok=True)
        collect(copy)
        return {key(entry) for entry in polib.pofile(str(catalogue(copy, language))) if not entry.obsolete}


def untranslated(entry: polib.POEntry) -> bool:
    """Tell whether a message, or one of its plural forms, has no translation."""
    return not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)


def problems(language: str) -> list[str]:
    """Return what is wrong with the catalogue of `language`."""
    path = catalogue(ROOT, language)
    if not path.exists():
        return [f"{language}: there is no catalogue"]
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    found = [f"{language}: not translated: {e.msgid!r}" for e in entries if untranslated(e)]
    found += [f"{language}: fuzzy: {e.msgid!r}" for e in entries if e.fuzzy]
    missing = source_keys(language) - {key(entry) for entry in entries}
    found += [
        f"{language}: not collected yet (make messages): {text!r}" for _, text, _ in sorted(missing, key=str)
    ]
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        return [*found, f"{language}: not compiled (make messages)"]
    texts = {key(e): (e.msgstr, e.msgstr_plural) for e in entries if not e.fuzzy and not untranslated(e)}
    if texts != {key(e): (e.msgstr, e.msgstr_plural) for e in polib.mofile(str(compiled))}:
        found.append(f"{language}: the .mo differs from the .po (make messages)")
    return found


def main(act: str) -> int:
    """Do one of the acts; 1 if something is wrong."""
    if shutil.which("xgettext") is None:
        print(NO_GETTEXT, file=sys.stderr)
        return 1
    if act == "update":
        collect(ROOT)
        compile_all()
    found = [problem for language in LANGUAGES for problem in problems(language)]
    print("\n".join(found) or "The translations are complete.")
    return int(bool(found) and act == "check")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else "check"))
