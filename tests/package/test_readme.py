"""The Chinese README says what the English one says: the same headings, commands, tables and links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = (ROOT / name for name in ("README.md", "README.zh-CN.md"))
KINDS = {
    "headings": r"^#+(?= )",
    "commands": r"(?<!`)`([^`]+)`(?!`)|^(make \w+)$",
    "links": r"\]\(((?!README)[^)]+)\)",
    "rows of tables": r"^\| (?=`)",
}


@pytest.fixture(scope="module")
def texts():
    """Both, without the section that only the Chinese one has."""
    chinese, heading, rest = CHINESE.read_text(encoding="utf-8").partition("### 从镜像安装")
    assert heading
    chinese += rest[rest.index("\n## ") :]
    return ENGLISH.read_text(encoding="utf-8"), chinese.replace(".zh.png)", ".png)")  # the same in Chinese


@pytest.mark.parametrize("kind", KINDS)
def test_both_have_the_same(texts, kind):
    english, chinese = (sorted(re.findall(KINDS[kind], text, re.M)) for text in texts)
    assert english and chinese == english


@pytest.mark.parametrize("path", [ENGLISH, CHINESE], ids=lambda path: path.name)
def test_links_lead_to_files(path):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert len(targets) > 20
    assert [one for one in targets if not (ROOT / one).exists()] == []
