"""The feedback page: nbgrader's own, with figures that fit the column and tables that can be read."""

from nbgrader.preprocessors import NbGraderPreprocessor

CSS = """
#notebook-container img, #notebook-container svg { max-width: 100%; height: auto; }
.rendered_html th, .rendered_html td { padding: .25em .7em; vertical-align: top; }
.rendered_html tr { border-bottom: 1px solid #d0d7de; }
"""


class FeedbackStyle(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`: adds the course's style to the page; comes after nbconvert's own CSS."""

    def preprocess(self, nb, resources):
        """Append to the style sheets that the page's template writes into its head."""
        resources.setdefault("inlining", {}).setdefault("css", []).append(CSS)
        return nb, resources
