"""How fast are word vectors there? The first reading against gensim and a Python loop, then the cache.

    python benchmarks/glove_loading.py [--words 400000] [--file FILE] [--gensim PYTHON] [--rounds 3]

Without ``--file`` a made-up file of 400,000 words and 50 numbers is written to a temporary folder. gensim is no part of
the course's environment: ``--gensim`` names the Python of one that has it, otherwise it is left out. Every reading
happens in a process of its own; a figure is the best of some rounds. Exit status 1 when a bar is missed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

DIMENSION, DECIMALS, BLOCK, SEED = 50, 5, 10_000, 0
RATIO_BAR, OPEN_BAR_MS, MEMORY_BAR_MB = 8.0, 1000.0, 250.0
LOOKUPS = 10_000

GENSIM = """
import sys, time
from gensim.models import KeyedVectors
with open(sys.argv[1], encoding="utf-8") as file:
    bare = len(file.readline().split()) > 2
begun = time.perf_counter()
KeyedVectors.load_word2vec_format(sys.argv[1], no_header=bare)
print(time.perf_counter() - begun)
"""
LOOP = """
import sys, time
import numpy as np
begun = time.perf_counter()
vectors = {}
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        word, *numbers = line.split()
        vectors[word] = np.array(numbers, dtype=np.float64)
print(time.perf_counter() - begun)
"""
FIRST = """
import sys, time
import pandas  # gensim's imports are not counted either
from pathlib import Path
from helpers.words.word_vectors import read_glove_vecs
begun = time.perf_counter()
read_glove_vecs(sys.argv[1], cache=Path(sys.argv[2]))
print(time.perf_counter() - begun)
"""
CACHED = """
import json, random, sys, time
from pathlib import Path
from helpers.words.word_vectors import read_glove_vecs

def private_mb():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024

read_glove_vecs(sys.argv[1], cache=Path(sys.argv[2]))  # so that modules and their memory are there
before = private_mb()
begun = time.perf_counter()
word_to_index, index_to_word, word_to_vec_map = read_glove_vecs(sys.argv[1], cache=Path(sys.argv[2]))
opened = time.perf_counter() - begun
rng = random.Random(0)
words = [index_to_word[rng.randint(1, len(index_to_word))] for _ in range(int(sys.argv[3]))]
begun = time.perf_counter()
for word in words:
    word_to_vec_map[word]
looked_up = (time.perf_counter() - begun) / len(words)
whole = float(sum(vector[0] for vector in word_to_vec_map.values()))  # every page of the matrix is touched
print(flush=True)
sys.stdin.readline()  # until the other kernel has it open too
print(json.dumps({"open_ms": opened * 1e3, "lookup_us": looked_up * 1e6, "private_mb": private_mb() - before}))
"""


def make_file(path, words):
    """Write made-up vectors in GloVe's layout."""
    rng = np.random.default_rng(SEED)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for first in range(0, words, BLOCK):
            block = rng.normal(scale=0.5, size=(min(BLOCK, words - first), DIMENSION))
            for number, row in enumerate(block, start=first):
                file.write(f"word{number} {' '.join(f'{x:.{DECIMALS}f}' for x in row)}\n")


def seconds(python, code, *arguments):
    """Run a timing snippet in a process of its own."""
    command = [python, "-c", code, *map(str, arguments)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def two_kernels(path, cache):
    """Open the cache in two processes at once and look what each one has for itself."""
    command = [sys.executable, "-c", CACHED, str(path), str(cache), str(LOOKUPS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    kernels = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for kernel in kernels:
        kernel.stdout.readline()
    results = []
    for kernel in kernels:  # each answers while the other still holds the file
        kernel.stdin.write("\n")
        kernel.stdin.flush()
        results.append(json.loads(kernel.stdout.readline()))
    for kernel in kernels:
        kernel.wait()
    return results


def main():
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument("--file", type=Path, help="a .txt file to read instead of a made-up one")
    parser.add_argument("--gensim", help="the Python of an environment that has gensim")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "vectors.txt"
        if not options.file:
            make_file(path, options.words)
        rounds = range(options.rounds)
        first = min(seconds(sys.executable, FIRST, path, Path(folder) / f"cache{at}") for at in rounds)
        loop = seconds(sys.executable, LOOP, path)
        slow = min(seconds(options.gensim, GENSIM, path) for _ in rounds) if options.gensim else None
        kernels = two_kernels(path, Path(folder) / "cache0")
    opened, lookup, private = (max(k[key] for k in kernels) for key in ("open_ms", "lookup_us", "private_mb"))
    print(f"{path.name}\n| reading | seconds | first reading is faster by |\n|---|---|---|")
    print(f"| first reading, cache written | {first:.2f} | |\n| Python loop | {loop:.2f} | {loop / first:.1f} |")
    bars = {
        f"opens in {opened:.1f} ms < {OPEN_BAR_MS:.0f} ms": opened < OPEN_BAR_MS,
        f"{private:.1f} MB private to a kernel < {MEMORY_BAR_MB:.0f} MB": private < MEMORY_BAR_MB,
    }
    if slow:
        print(f"| gensim | {slow:.2f} | {slow / first:.1f} |")
        bars[f"gensim takes {slow / first:.1f} times as long >= {RATIO_BAR:.0f}"] = slow / first >= RATIO_BAR
    print(f"a word's vector from the cache: {lookup:.1f} µs")
    for bar, reached in bars.items():
        print("reached" if reached else "MISSED ", bar)
    return int(not all(bars.values()))


if __name__ == "__main__":
    sys.exit(main())
