"""What of an HTML page could run, load or cover something in the browser of who reads it."""

import base64
import re
import struct
from html.parser import HTMLParser
from urllib.parse import unquote

COVERING = re.compile(r"navbar-fixed|modal|affix|carousel|dropdown-menu|popover|tooltip|overlay|sr-only")
FAR = re.compile(
    r"position|(?<![\d.])-\d|\d{3,}\s*(px|em|rem|ex|pt|vh|vw|%)|url\(", re.I
)  # of a style: out of its place
REACHING = re.compile(r"\\(href|style|class|cssId|bbox|mmlToken|require|unicode|def|newcommand)(?![a-zA-Z])")
NO_FORMULAS = {"pre", "code", "script", "style", "textarea"}  # where MathJax looks for none
EMPTY = {"br", "hr", "img", "meta", "link", "input"}
MAX_PIXELS = 10**8
VERDICT = (  # as the grader writes it, after what ends the place where it is put
    "</td></tr></table></div><div class='verdict'><p><b>scale: right</b> <span>(10 of 10 points)</span></p>"
    "<table><tr><td>"
)


class Page(HTMLParser):
    """Collects what of a page could run, load or cover something."""

    RUNNING = {
        "script",
        "iframe",
        "object",
        "embed",
        "base",
        "meta",
        "form",
        "link",
        "frame",
        "applet",
        "svg",
        "maction",
        "annotation-xml",
        "style",
    }

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.text, self.pixels = [], [], [], 0
        self.feed(text)
        self.close()
        if any(tag == "script" for tag, *_ in self.found):  # else nothing sets formulas
            self.found += [("formula", match[0]) for match in REACHING.finditer("".join(self.text))]
        if self.pixels > MAX_PIXELS:
            self.found.append(("pixels", self.pixels))

    def handle_starttag(self, tag, attributes):
        if tag in self.RUNNING:
            self.found.append((tag, tuple(attributes)))
        for name, value in attributes:
            value = value or ""
            address = re.sub(r"[\s\x00-\x20]", "", value).lower()
            covers = name == "class" and COVERING.search(value) or name == "style" and FAR.search(value)
            outside = tag == "img" and name == "src" and self._is_outside(value)
            if (
                name.startswith("on")
                or "javascript:" in address
                or address.startswith("data:text")
                or outside
                or covers
            ):
                self.found.append((tag, name, value))
        if tag not in EMPTY:
            ignored = tag in NO_FORMULAS or "tex2jax_ignore" in (dict(attributes).get("class") or "").split()
            self.open.append((tag, ignored))

    def handle_endtag(self, tag):
        places = [place for place, (name, _) in enumerate(self.open) if name == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data):
        if not any(ignored for _, ignored in self.open):
            self.text.append(data)

    def _is_outside(self, address):
        """Whether a browser would look for a picture elsewhere than in the page or beside it; count what is in it."""
        address = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33)))))
        embedded = re.fullmatch(r"data:image/(?:png|jpeg|gif);base64,([A-Za-z0-9+/]*=*)", address)
        if embedded:
            try:
                head = base64.b64decode(embedded[1][:64])
            except ValueError:
                return True
            if head.startswith(b"\x89PNG") and len(head) >= 24:
                width, height = struct.unpack(">II", head[16:24])
                self.pixels += width * height
            return False
        path = unquote(address).replace("\\", "/")
        odd = not path.isprintable() or re.match(r"[a-z][a-z0-9+.-]*:", path, re.I)
        return bool(odd or path.startswith("/") or ".." in path.split("/"))
