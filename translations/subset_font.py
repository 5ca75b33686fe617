"""Cut the font for matplotlib out of Noto Sans CJK: the characters of the Chinese catalogues and sentences, no others.

    python translations/subset_font.py NotoSansCJK-Regular.ttc

The collection is in Debian's package fonts-noto-cjk. To be run again when `tests/translations/test_messages.py` names
characters that the font lacks.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

FAMILY = "Noto Sans CJK SC"
CATALOGUES = Path(__file__).parent / "zh_CN"
SENTENCES = Path(__file__).parents[1] / "data" / "emoji"
TARGET = Path(__file__).parents[1] / "helpers" / "fonts" / "NotoSansSC-subset.otf"


def main(collection):
    """Write the subset of the font in a collection, a .ttc file."""
    font = next(one for one in TTCollection(collection).fonts if one["name"].getDebugName(1) == FAMILY)
    shown = *CATALOGUES.glob("*.po"), *SENTENCES.glob("zh_*.csv")
    text = "".join(path.read_text(encoding="utf-8") for path in shown)
    options = Options(layout_features=[], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted({one for one in text if ord(one) > 0x2E7F})))  # Latin letters: its own font
    subsetter.subset(font)
    font.save(TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1])
