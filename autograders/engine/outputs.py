"""What a kernel shows, made harmless: its message, in which anything may stand, becomes a plain output or nothing."""

from nbformat import from_dict

from autograders.engine.pictures import Room, pixels_of_text

PICTURES = ("image/png", "image/jpeg")
STREAMS = ("stdout", "stderr")
PIXELS_PER_BYTE = 8  # so many pixels count as one byte: a cell may show 8 million pixels


def new_output(kind, **content):
    """Return an output of a notebook, as `nbformat.v4.new_output` does, but without its slow check."""
    frame = {"output_type": kind, "metadata": {}} if "data" in content else {"output_type": kind}
    return from_dict(frame | content)


def clean_output(kind, content):
    """Turn a message of a learner's kernel, in which anything may stand, into an output.

    Only text and pictures of a bounded size stay. HTML, scripts and drawings are dropped, since a page would run them;
    so are metadata, which a page's template would write out unchanged.

    Parameters
    ----------
    kind : str
        The message's type.
    content : dict

    Returns
    -------
    NotebookNode or None
        None where nothing is left to show.
    """
    if kind == "stream":
        name = content.get("name")
        return new_output("stream", name=name if name in STREAMS else "stdout", text=_text(content.get("text")))
    if kind == "error":
        lines = content.get("traceback")
        lines = [_text(line) for line in lines] if isinstance(lines, list) else []
        name, text = _text(content.get("ename")), _text(content.get("evalue"))
        if len(lines) == 1:  # by this, `feedback.HideTests` knows the grader's own messages
            lines.append("")
        return new_output("error", ename=name, evalue=text, traceback=lines)
    if kind not in ("display_data", "execute_result"):
        return None
    data = content.get("data")
    data = data if isinstance(data, dict) else {}
    kept = {name: data[name] for name in PICTURES if Room().takes(pixels_of_text(data.get(name)))}
    if isinstance(data.get("text/plain"), str):
        kept["text/plain"] = _text(data["text/plain"])
    if not kept:
        return None
    return new_output(kind, data=kept, **({"execution_count": None} if kind == "execute_result" else {}))


def size(output):
    """Return roughly how many bytes an output takes; the pixels of a picture count, too."""
    data = output.get("data") or {}
    drawn = sum(pixels_of_text(data[name]) or 0 for name in PICTURES if name in data)
    return 100 + sum(len(str(value)) for value in (data or output).values()) + drawn // PIXELS_PER_BYTE


def _text(value):
    """Return a text as one that UTF-8 can hold; anything else becomes an empty text."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
