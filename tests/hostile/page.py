"""What of an HTML page could run or load something in the browser of who reads it."""

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """Collects what of a page could run or load something."""

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
        "math",
        "style",
    }

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in self.RUNNING:
            self.found.append((tag, tuple(attributes)))
        for name, value in attributes:
            address = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            outside = tag == "img" and address.startswith(("http", "//"))
            if name.startswith("on") or "javascript:" in address or address.startswith("data:text") or outside:
                self.found.append((tag, name, value))
