"""What README.md and docs/ tell people: their descriptions are valid, their commands and files are
there, and a change costs what they say."""

import re

import pytest

from test_command import TREE, gasthof

pytestmark = pytest.mark.cost(0.1, telling=2)

DOCUMENTS = [TREE / "README.md", *sorted((TREE / "docs").glob("*.md"))]
VERBS = set(re.findall(r"^  (\w+)", gasthof().stderr + gasthof().stdout, re.M))


def blocks():
    for document in DOCUMENTS:
        for found in re.finditer(r"^```yaml\n(.*?)^```", document.read_text(), re.M | re.S):
            yield pytest.param(found[1], id=f"{document.name}-{found.start()}")


@pytest.mark.parametrize("text", blocks())
def test_a_description_in_a_document_is_valid(text, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text(text.replace("<64 digits>", "0" * 64))
    done = gasthof("validate", file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_some():
    assert len(list(blocks())) >= 6


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_a_document_leads_to_are_there(document):
    targets = re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_that_a_document_shows_exist(document):
    shown = re.findall(r"^    gasthof (\w+)", document.read_text(), re.M)
    assert set(shown) <= VERBS


def costs():
    text = (TREE / "docs" / "guests.md").read_text()
    for row in re.findall(r"^\| (`.*) \| ([a-z-]+) \|$", text, re.M):
        for field in re.findall(r"`([a-z_.*]+)`", row[0]):
            yield pytest.param(field, row[1], id=field)


@pytest.mark.parametrize("field, cost", costs())
def test_a_change_costs_what_the_guide_says(field, cost):
    said = gasthof("explain", f"guests.*.{field}").stdout
    assert f"changing it: {cost}\n" in said
