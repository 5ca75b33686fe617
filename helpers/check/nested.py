"""Nested values (dicts, lists and tuples inside each other) taken apart into a flat list, and put together again.

Whoever has to look into an answer goes over the list that `flatten` gives.
"""

import numpy as np

MAX_NODES = 100_000
MAX_DEPTH = 16
TOO_MANY = f"an answer may have {MAX_NODES} values in {MAX_DEPTH} levels at most"


def flatten(value, max_depth=MAX_DEPTH):
    """List a value and all values inside it, each with its path.

    Parameters
    ----------
    value : object
    max_depth : int
        How many levels of dicts, lists and tuples may lie inside each other.

    Returns
    -------
    paths : list of tuple
        For each node the keys (as text) and positions that lead to it: ("cache", 0, 2); that of the value itself is ().
    nodes : list
        The value first. Dicts, lists and tuples are nodes, too, each before what it holds; all others are leaves. A
        row of Python objects in an array counts as a list.

    Raises
    ------
    ValueError
        If there are more than MAX_NODES nodes, or too many levels.
    """
    paths, nodes = [], []

    def add(path, node):
        paths.append(path)
        nodes.append(node)
        if len(path) > max_depth or len(nodes) > MAX_NODES:
            raise ValueError(TOO_MANY)
        if isinstance(node, dict):
            items = zip(map(str, node), node.values(), strict=True)
        elif isinstance(node, (list, tuple)):
            items = enumerate(node)
        elif isinstance(node, np.ndarray) and node.dtype.kind == "O" and node.ndim == 1:
            nodes[-1] = list(node)
            items = enumerate(nodes[-1])
        else:
            return
        for step, item in items:
            add((*path, step), item)

    add((), value)
    return paths, nodes


def unflatten(nodes, leaf=lambda node: node, group=lambda kind, items: kind(items)):
    """Put a value together again from the nodes that `flatten` returned, with other leaves if wanted.

    Parameters
    ----------
    nodes : list
    leaf : callable
        leaf(node) takes the place of a leaf.
    group : callable
        group(kind, items) takes the place of a dict, list or tuple; the items of a dict are pairs (key, item).
    """
    ready = []  # from the last node to the first, so that what a container holds lies on top when it is its turn
    for node in reversed(nodes):
        if isinstance(node, dict):
            ready.append(group(dict, [(str(key), ready.pop()) for key in node]))
        elif isinstance(node, (list, tuple)):
            ready.append(group(tuple if isinstance(node, tuple) else list, [ready.pop() for _ in node]))
        else:
            ready.append(leaf(node))
    return ready.pop()


def pair_up(value, other):
    """Return the pairs of leaves in the same places of two values; None if structures, keys' order or types differ."""
    pairs = []

    def add(one, two):
        if type(one) is not type(two):
            return False
        if isinstance(one, dict):
            return list(one) == list(two) and all(map(add, one.values(), two.values()))
        if isinstance(one, (list, tuple)):
            return len(one) == len(two) and all(map(add, one, two))
        pairs.append((one, two))
        return True

    return pairs if add(value, other) else None
