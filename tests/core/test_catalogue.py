"""What holds of every catalogue; whether one is complete is asked by scripts/messages.py."""

import ast
import re
import subprocess
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))
# What a translation must keep as it is: Django's and JavaScript's places, and the marks of HTML.
KEPT = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+[^>]*>")


def pairs(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Each form of a message beside its translation; a plural need not repeat a number that is one."""
    if entry.msgid_plural:
        return [(entry.msgid_plural, entry.msgstr_plural[1])]
    return [(entry.msgid, entry.msgstr)]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_their_places(path: Path):
    wrong = [
        told
        for entry in polib.pofile(str(path))
        for told, said in pairs(entry)
        if said and sorted(set(KEPT.findall(told))) != sorted(set(KEPT.findall(said)))
    ]

    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_one_is_told_from_many_by_two_forms(path: Path):
    found = polib.pofile(str(path))

    assert found.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    assert [entry.msgid for entry in found if entry.msgid_plural and set(entry.msgstr_plural) != {0, 1}] == []


def test_no_message_hides_in_an_f_string():
    """The collector of messages does not look into f-strings: one in there stays English for ever."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.splitlines()
    hidden = [
        f"{name}:{node.lineno}"
        for name in names
        if not name.startswith("tests/") and (ROOT / name).is_file()
        for outer in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8")))
        if isinstance(outer, ast.JoinedStr)
        for node in ast.walk(outer)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in {"_", "gettext", "ngettext", "pgettext"}
    ]

    assert hidden == []
