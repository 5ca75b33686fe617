"""Matplotlib with characters for the language that is spoken: no machine need have a font of its own for them."""

from pathlib import Path

from helpers.language import language

FONTS = {"zh_CN": Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"}  # its licence lies beside it


def pyplot():
    """Return `matplotlib.pyplot`. Characters that its own font lacks come from the font of the language."""
    import matplotlib.pyplot as plt
    from matplotlib.font_manager import FontProperties, fontManager

    if path := FONTS.get(language()):
        name = FontProperties(fname=path).get_name()
        if name not in plt.rcParams["font.family"]:
            fontManager.addfont(path)
            plt.rcParams["font.family"] = [*plt.rcParams["font.family"], name]
    return plt
