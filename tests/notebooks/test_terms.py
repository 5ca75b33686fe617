"""The field's words: each is explained where its idea appears, and one thing has one name everywhere."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from autograders.engine.exercise import load

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))}
TERMS = (
    "cell state", "hidden state", "input gate", "update gate", "forget gate", "output gate", "teacher forcing",
    "exposure bias", "overfitting", "early stopping", "cross-entropy", "greedy decoding", "sampling", "generalisation",
    "regularisation", "masking", "autoregressive", "bag of words", "exploding gradient", "vanishing gradient",
    "hyperparameter", "truncated backpropagation", "perplexity", "padding", "embedding",
)  # fmt: skip
GLOSSARY = -3  # the cell; after it comes what is to be done before handing in
NUMBERED = re.compile(r"^#{2,4} (\d+(?:\.\d+)?) ")
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| (\d+(?:\.\d+)?) \|$", re.M)
MEMORY = re.compile(r"memor(y|ies)", re.I)
OTHER_MEMORY = re.compile(  # which is not the cell state
    r"long short-term memory|memory[ _]tasks?|\bin\s+memory|memory[- ]map|low_memory|GRUWithMemory|MemoryError", re.I
)


def glossary(notebook):
    """Return the rows of the table in the last section of the course's text: (term, what it is, section)."""
    return ROW.findall(notebook.cells[GLOSSARY].source)


def bold(notebook):
    """Return {bold words in small letters: sections that they stand in}; a section ends at the next numbered one."""
    found, section = {}, None
    for cell in notebook.cells[:GLOSSARY]:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            heading = NUMBERED.match(line)
            section = heading[1] if heading else section
            for words in re.findall(r"\*\*([^*]+)\*\*", line):
                found.setdefault(words.casefold(), []).append(section)
    return found


@pytest.fixture(params=sorted(NOTEBOOKS))
def notebook(request):
    return NOTEBOOKS[request.param]


def test_each_term_of_the_glossary_is_bold_once_and_in_its_section(notebook):
    assert notebook.cells[GLOSSARY].source.startswith("## Glossary\n")
    rows, places = glossary(notebook), bold(notebook)
    assert len(rows) == notebook.cells[GLOSSARY].source.count("\n| ") - 1  # all but the line of headings
    assert {term: places.get(term.casefold()) for term, _, _ in rows} == {term: [where] for term, _, where in rows}


def test_the_glossary_is_in_alphabetical_order_and_has_one_sentence_for_each_term(notebook):
    rows = glossary(notebook)
    assert [term for term, _, _ in rows] == sorted((term for term, _, _ in rows), key=str.casefold)
    assert not [text for _, text, _ in rows if not re.fullmatch(r"[A-Z$][^.]*\.", text)]


def test_the_notebooks_together_explain_all_terms():
    explained = {term for notebook in NOTEBOOKS.values() for term, _, _ in glossary(notebook)}
    assert not [term for term in TERMS if not any(one.startswith(term) for one in explained)]


def texts():
    """Yield (where, text): the cells of the notebooks, the helpers, hints and names of mistakes, and the figures."""
    for name, notebook in NOTEBOOKS.items():
        for cell in notebook.cells:
            yield f"{name}: {cell.id}", cell.source
    for pattern in ("helpers/**/*.py", "autograders/assignments/**/*.py", "notebooks/*/figures/*.svg"):
        for path in sorted(ROOT.glob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_an_lstms_c_is_called_its_cell_state():
    found = [(where, MEMORY.search(OTHER_MEMORY.sub("", text))) for where, text in texts()]
    assert not [(where, match.string[match.start() - 40 : match.end() + 40]) for where, match in found if match]


def test_an_lstms_gate_that_writes_is_called_input_gate():
    exercises = load("step_by_step_rnn")
    mistakes = [one for name in exercises if name.startswith("lstm") for one in exercises[name].mistakes]
    assert any("input gate" in one.hint for one in mistakes)
    assert not [one.name for one in mistakes if "update" in one.name or "update" in one.hint]


def test_numbers_of_steps_are_written_as_in_the_equations():
    """`Tx` and `Ty` are names of parameters: in text they stand in code, in docstrings where parameters are listed."""
    for name, notebook in NOTEBOOKS.items():
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                text = re.sub(r"`[^`]*`", "", cell.source)
            else:
                functions = [one for one in ast.parse(cell.source).body if isinstance(one, ast.FunctionDef)]
                text = "\n".join(ast.get_docstring(one) or "" for one in functions)
                text = re.sub(r"^T[xy] : int$", "", text, flags=re.M)
            assert not re.search(r"\bT[xy]\b", text), (name, cell.id)
