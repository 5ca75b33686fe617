"""The answers of several models to the same sentences, side by side."""

from helpers.language import _
from helpers.words.labels import label_to_emoji
from helpers.words.sentences import words_of

WRONG = "✗"


def answer_rows(sentences, answers, labels=None, known=None):
    """Put answers into a table of text.

    Parameters
    ----------
    sentences : sequence of str
        m sentences.
    answers : mapping of str to ndarray
        Model name -> the labels that it gives the sentences, shape (m,).
    labels : sequence of int, optional
        The true labels, where they are known: wrong answers get a cross.
    known : container of str, optional
        Where given, e.g. ``word_to_index``, words that it does not hold are named: the models do not see them.

    Returns
    -------
    header : list of str
    rows : list of list of str
        m rows, one entry for each entry of the header.

    Raises
    ------
    ValueError
        A model has not given one answer for each sentence.
    """
    for name, given in answers.items():
        if len(given) != len(sentences):
            raise ValueError(f"{name}: expected an answer to each of {len(sentences)} sentences, got {len(given)}")
    header = [_("sentence"), *([_("expected")] if labels is not None else []), *answers]
    rows = []
    for number, sentence in enumerate(sentences):
        row = [str(sentence)]
        if known is not None:
            unknown = [word for word in words_of([sentence]) if word not in known]
            if unknown:
                text = _("{sentence} (no vector: {words})")
                row[0] = text.format(sentence=sentence, words=", ".join(unknown))
        if labels is not None:
            row.append(label_to_emoji(labels[number]))
        for given in answers.values():
            right = labels is None or given[number] == labels[number]
            row.append(label_to_emoji(given[number]) + ("" if right else f" {WRONG}"))
        rows.append(row)
    return header, rows


def show_answers(sentences, answers, labels=None, known=None):
    """Show a table: each sentence, the expected emoji if labels are given, and each model's (see `answer_rows`)."""
    from IPython.display import display

    display(Table(*answer_rows(sentences, answers, labels, known)))


class Table:
    """Rows of text that a notebook shows as a table, and a terminal line by line."""

    def __init__(self, header, rows):
        self.header, self.rows = header, rows

    def __repr__(self):
        """Put the sentence last: emoji differ in width, and would push it out of line."""
        lines = [self.header, *self.rows]
        return "\n".join("\t".join([*line[1:], line[0]]) for line in lines)

    def _repr_html_(self):
        from html import escape

        def line(cells, tag):
            left = ' style="text-align:left"'
            return "<tr>" + "".join(f"<{tag}{left}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(line(row, "td") for row in self.rows)
        return f"<table><thead>{line(self.header, 'th')}</thead><tbody>{body}</tbody></table>"
