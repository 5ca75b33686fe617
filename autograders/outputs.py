"""What a kernel shows, made harmless: a message of its own making becomes a plain notebook output, or nothing."""

import base64
import binascii

from nbformat import from_dict

PICTURES = ("image/png", "image/jpeg")
STREAMS = ("stdout", "stderr")


def new_output(kind, **content):
    """Return an output of a notebook, as `nbformat.v4.new_output`, which takes longer to check than to make it."""
    frame = {"output_type": kind, "metadata": {}} if "data" in content else {"output_type": kind}
    return from_dict(frame | content)


def clean_output(kind, content):
    """Turn a message of a learner's kernel, in which anything may stand, into an output.

    Only text and pictures stay: HTML, scripts and drawings that a page would run are dropped, and so are metadata,
    which a page's template would write out as they are.

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
        if len(lines) == 1:  # the form of the grader's own messages, which a page shows as they are
            lines.append("")
        return new_output("error", ename=name, evalue=text, traceback=lines)
    if kind not in ("display_data", "execute_result"):
        return None
    data = content.get("data")
    data = data if isinstance(data, dict) else {}
    kept = {name: data[name] for name in PICTURES if is_base64(data.get(name))}
    if isinstance(data.get("text/plain"), str):
        kept["text/plain"] = _text(data["text/plain"])
    if not kept:
        return None
    return new_output(kind, data=kept, **({"execution_count": None} if kind == "execute_result" else {}))


def size(output):
    """Return roughly how many bytes an output takes, its own frame included."""
    return 100 + sum(len(str(value)) for value in (output.get("data") or output).values())


def _text(value):
    """Return a text that can be written to a file; other things become an empty one."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def is_base64(value):
    """Whether a value is text that stands for bytes and for nothing else."""
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        return False
    return True
