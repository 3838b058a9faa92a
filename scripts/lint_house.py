"""The rules of this house that no common linter knows.

    python scripts/lint_house.py [ROOT]

Prints `path:line: what is wrong` and exits with 1 if anything is.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOMS = (
    "core", "jobs", "accounts", "series", "teams", "search", "measures", "progress", "storymaps",
    "coaching", "exchange", "library", "commons", "desk", "reports", "summit", "notices", "api", "lbs",
)  # fmt: skip
# Querysets that are already one person's: what they may see, what they hold, whom they coach.
SCOPES = {"visible_to", "held", "coached_by"}
MAY_MARK_SAFE = {
    "core/text.py", "core/drawings.py", "core/icons.py",
    "measures/charts.py", "measures/table.py",  # a hundred charts on a page: each word is escaped by itself
}  # fmt: skip
PUBLISHING = {"delay", "apply_async", "send_task"}
LEFT_BEHIND = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
LEFT_BEHIND_IN = {".py", ".html", ".css", ".js", ".txt", ".md", ".typ", ".sh", ".yml", ".toml"}
TEMPLATE_RULES = [
    (
        re.compile(r"<script\b(?![^>]*\b(?:src\s*=|type=[\"']application/(?:json|ld\+json)))", re.I),
        "inline script",
    ),
    (re.compile(r"<style\b", re.I), "inline style sheet"),
    (re.compile(r"<[a-z][^<>]*?\sstyle\s*=", re.I), "style attribute"),
    (re.compile(r"<[a-z][^<>]*?\son[a-z]+\s*=", re.I), "event handler attribute"),
    (re.compile(r"\b(?:src|href)\s*=\s*[\"']\s*(?:data|javascript):", re.I), "data: or javascript: address"),
    (re.compile(r"\|\s*safe(?:seq)?\b"), "|safe: markup comes from core.text or core.drawings"),
    (re.compile(r"{%\s*autoescape\s+off"), "autoescape off"),
]
Finding = tuple[int, str]


def is_objects(node: ast.AST) -> bool:
    """Tell whether `node` is `Something.objects`."""
    return isinstance(node, ast.Attribute) and node.attr == "objects"


def unscoped_reads(tree: ast.AST) -> Iterator[Finding]:
    """Find `.objects` in a view that no queryset of one person follows at once."""
    scoped = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SCOPES
    }
    for node in ast.walk(tree):
        if is_objects(node) and id(node) not in scoped:
            yield node.lineno, ".objects in a view: read through .objects.visible_to(user)"


def unsafe_markup(tree: ast.AST) -> Iterator[Finding]:
    """Find text that is declared safe: mark_safe, or SafeString of anything but a constant.

    As the type of an answer SafeString is fine: format_html gives one.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_constant = all(isinstance(argument, ast.Constant) for argument in node.args)
        if name == "mark_safe" or (name in {"SafeString", "SafeText"} and not is_constant):
            yield node.lineno, f"{name}: use format_html, or make it in {', '.join(sorted(MAY_MARK_SAFE))}"


def publishing(tree: ast.AST) -> Iterator[Finding]:
    """Find calls that hand work to the broker: work is owed by a Job row and nothing else."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in PUBLISHING
        ):
            yield node.lineno, f".{node.func.attr}(): owe a job in the same transaction instead"


def check_python(name: str, text: str) -> Iterator[Finding]:
    """Check a Python file; `name` is its path below the root."""
    path = Path(name)
    if path.parts[0] not in ROOMS or "migrations" in path.parts:
        return
    tree = ast.parse(text, name)
    if path.name == "views.py" or "views" in path.parts:
        yield from unscoped_reads(tree)
    if name not in MAY_MARK_SAFE:
        yield from unsafe_markup(tree)
    yield from publishing(tree)


def check_template(text: str) -> Iterator[Finding]:
    """Check a template for what the content security policy or the escaping would break."""
    # A comment cannot run; its lines are kept, so that the numbers of the others stay right.
    bare = re.sub(
        r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", lambda m: "\n" * m.group().count("\n"), text, flags=re.S
    )
    for pattern, what in TEMPLATE_RULES:
        for match in pattern.finditer(bare):
            yield bare.count("\n", 0, match.start()) + 1, what


def check(name: str, text: str) -> list[Finding]:
    """Return the findings of one file, in the order of its lines."""
    found: list[Finding] = []
    path = Path(name)
    is_mail = "emails" in path.parts  # a mail client has no policy of ours and needs its styles inline
    if path.suffix == ".py":
        found += check_python(name, text)
    if path.suffix in {".html", ".svg"} and path.parts[0] == "templates" and not is_mail:
        found += check_template(text)
    if path.suffix in LEFT_BEHIND_IN and path.name not in {"lint_house.py", "test_lint_house.py"}:
        for number, line in enumerate(text.splitlines(), 1):
            if LEFT_BEHIND.search(line):
                found.append((number, "something is left to do here: do it, or say why it is so"))
    return sorted(found)


def files(root: Path) -> list[str]:
    """Return the paths of all files under version control, and of new ones that are not ignored."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    output = subprocess.run(listing, cwd=root, capture_output=True, check=True, text=True).stdout
    ours = {
        name
        for name in output.split("\0")
        if name and not name.startswith(("static/vendor/", "tests/vendor/", "requirements/"))
    }
    return sorted(
        name for name in ours if (root / name).is_file() and Path(name).suffix in LEFT_BEHIND_IN | {".svg"}
    )


def main(root: Path) -> int:
    """Check every file below `root`."""
    count = 0
    for name in files(root):
        for line, what in check(name, (root / name).read_text(encoding="utf-8")):
            print(f"{name}:{line}: {what}")
            count += 1
    return int(bool(count))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent.parent))
