"""What is installed is known from the pins, and an installation that did not finish is not believed."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path):
    """The module, looking at a project of its own in a temporary folder."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "scripts" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT, module.STAMP = tmp_path, tmp_path / "pins.json"
    (tmp_path / "requirements").mkdir()
    return module


def test_pins_are_read_from_a_lock_file_with_hashes_and_markers(bootstrap, tmp_path):
    lock = (
        "a-b==1.0 \\\n    --hash=sha256:aa==\nc==2.0rc1 ; sys_platform == 'win32' \\\n    --hash=sha256:bb\n"
    )
    (tmp_path / "requirements" / "run.txt").write_text(lock)

    assert bootstrap.pins("run") == {"a-b": "1.0", "c": "2.0rc1"}


@pytest.mark.parametrize("text", ["", "{", None])
def test_an_unfinished_installation_is_not_believed(bootstrap, text):
    if text is not None:
        bootstrap.STAMP.write_text(text)

    assert bootstrap.installed() == {}


def test_a_wider_set_covers_a_narrower_one(bootstrap, tmp_path):
    (tmp_path / "requirements" / "run.txt").write_text("a==1\n")
    bootstrap.STAMP.write_text(json.dumps({"a": "1", "b": "2"}))

    assert bootstrap.pins("run").items() <= bootstrap.installed().items()


@pytest.mark.parametrize("narrow", ["run", "test"])
def test_one_environment_can_hold_all_sets(bootstrap, narrow):
    bootstrap.ROOT = ROOT

    assert bootstrap.pins(narrow).items() <= bootstrap.pins("lint").items()


@pytest.mark.parametrize("group", ["run", "test", "bench", "lint"])
def test_lock_files_hash_everything_and_name_no_index(group):
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    blocks = text.replace("\\\n", " ").splitlines()

    assert all("--hash=sha256:" in block for block in blocks if "==" in block)
    assert "index-url" not in text
    assert "://" not in text
