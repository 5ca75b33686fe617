"""Attacks by files that are no files: links, pipes, devices, folders; by their number, size, names and dates."""

import os
import socket
import stat

import nbformat

from hostile import HONEST_HALF, files
from hostile.assignment import NAME
from hostile.pictures import png

NOTEBOOK = f"{NAME}.ipynb"
TELL_ALL = """
import glob, re
for path in glob.glob("**", recursive=True):
    try: print(path, *re.findall("canary(?:-[a-z0-9]+)+", open(path, errors="replace").read()))
    except OSError as error: print(path, error)
"""
ZERO, TERMINAL, DISK = os.makedev(1, 5), os.makedev(5, 2), os.makedev(7, 0)  # never ends; never answers; a block device
SCRIPT = "<script>attack()</script>"
PAGE = f"<!DOCTYPE html><html><body>{SCRIPT}</body></html>"
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg" onload="attack()">{SCRIPT}</svg>'
NO_FILE = "is a pipe or a device|is a symbolic link"


def _with_extra(desk, folder):
    desk.write(folder, desk.notebook(first=TELL_ALL))


def _device(path, kind, number):
    """Make a device's node; who is not root cannot, and makes a link to a device, which is as near as one comes."""
    try:
        os.mknod(path, kind | 0o666, number)
    except PermissionError:
        path.symlink_to("/dev/ptmx" if number == TERMINAL else "/dev/zero")


@files("a neighbour's marks: the notebook is a symbolic link to another's", worth=0.0)
def link_to_neighbour(desk, folder):
    (folder / NOTEBOOK).symlink_to(desk.other)


@files("the instructor's marks: the notebook is a symbolic link to the source", worth=0.0)
def link_to_source(desk, folder):
    (folder / NOTEBOOK).symlink_to(desk.source)


@files("a neighbour's marks: the notebook is a hard link to another's", worth=0.0)
def hard_link(desk, folder):
    os.link(desk.other, folder / NOTEBOOK)


@files("a file where the learner cannot write: the grader writes through a link that leads nowhere yet", worth=0.0)
def link_to_nowhere(desk, folder):
    (folder / NOTEBOOK).symlink_to(desk.root / desk.marker)
    nbformat.write(desk.notebook(), folder / "other name.ipynb")


@files("the whole folder of another: the submission itself is a symbolic link", worth=0.0)
def linked_folder(desk, folder):
    folder.rmdir()
    folder.symlink_to(desk.other.parent)


@files("the grader waits for ever: the notebook is a pipe", worth=0.0)
def pipe(desk, folder):
    os.mkfifo(folder / NOTEBOOK)


@files("the grader waits for ever: a pipe beside the notebook, and one under a notebook's name")
def extra_pipe(desk, folder):
    _with_extra(desk, folder)
    for name in ("data.csv", "other.ipynb"):
        os.mkfifo(folder / name)


@files("the grader reads for ever: the notebook is a device, or a link to one", worth=0.0)
def device(desk, folder):
    (folder / NOTEBOOK).symlink_to("/dev/zero")
    (folder / "extra.txt").symlink_to("/dev/urandom")


@files("the grader reads for ever: the notebook is a node for a device that never ends", worth=0.0, reason=NO_FILE)
def device_node(desk, folder):
    _device(folder / NOTEBOOK, stat.S_IFCHR, ZERO)


@files("the grader waits for ever: the notebook is a node for a device that never answers", worth=0.0, reason=NO_FILE)
def waiting_device(desk, folder):
    _device(folder / NOTEBOOK, stat.S_IFCHR, TERMINAL)


@files("the grader stumbles over a disk: the notebook is a node for a block device", worth=0.0, reason=NO_FILE)
def block_device(desk, folder):
    _device(folder / NOTEBOOK, stat.S_IFBLK, DISK)


@files("the grader reads or waits for ever: nodes for devices beside the notebook, one under a notebook's name")
def extra_devices(desk, folder):
    _with_extra(desk, folder)
    _device(folder / "data.csv", stat.S_IFCHR, ZERO)
    _device(folder / "other.ipynb", stat.S_IFCHR, TERMINAL)
    _device(folder / "timestamp.txt", stat.S_IFCHR, ZERO)
    _device(folder / "disk.img", stat.S_IFBLK, DISK)


@files("the grader stumbles: the notebook is a folder", worth=0.0)
def folder_as_notebook(desk, folder):
    (folder / NOTEBOOK).mkdir()
    (folder / NOTEBOOK / "x.txt").write_text("x", encoding="ascii")


@files("the grader stumbles: the notebook is a socket", worth=0.0)
def socket_as_notebook(desk, folder):
    where = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(NOTEBOOK)
    finally:
        os.chdir(where)


@files("secrets copied by the grader: links beside the notebook to source, gradebook, neighbours and password file")
def extra_links(desk, folder):
    _with_extra(desk, folder)
    for number, target in enumerate(
        (desk.source, desk.gradebook, desk.other, "/etc/shadow", desk.root, "/proc/self/environ")
    ):
        (folder / f"extra{number}.txt").symlink_to(target)


@files("secrets copied by the grader: a hard link beside the notebook to the source")
def extra_hard_link(desk, folder):
    _with_extra(desk, folder)
    os.link(desk.source, folder / "extra.txt")


@files("the disk full: a file of a terabyte that takes no room until it is copied")
def sparse_file(desk, folder):
    _with_extra(desk, folder)
    with open(folder / "extra.bin", "wb") as file:
        file.truncate(10**12)


@files("the class slowed down: five thousand files")
def many_files(desk, folder):
    desk.write(folder, desk.notebook())
    for number in range(5_000):
        (folder / f"{number}.txt").touch()


@files("the report broken: names that no terminal and no encoding can show, and a notebook under such a name")
def odd_names(desk, folder):
    desk.write(folder, desk.notebook())
    os.rename(folder / NOTEBOOK, os.fsencode(folder) + b"/\xff\xfe\n\x1b[2J<script>attack()<\x08.ipynb")
    for name in (b"\xff\xfe.txt", b"new\nline", b"-rf", b"%s%n", b"*", b"[a-z]", b"~", b"a" * 255):
        with open(os.fsencode(folder) + b"/" + name, "wb"):
            pass


@files("the run ended: a time of submission that is none")
def timestamp_nonsense(desk, folder):
    desk.write(folder, desk.notebook())
    (folder / "timestamp.txt").write_text("not a time at all", encoding="ascii")


@files("the run held up: the time of submission is a pipe")
def timestamp_pipe(desk, folder):
    desk.write(folder, desk.notebook())
    os.mkfifo(folder / "timestamp.txt")


@files("the frame's own files replaced: folders where the course has files", worth=HONEST_HALF)
def folders_for_files(desk, folder):
    desk.write(folder, desk.notebook())
    (folder / f"{NAME}_files").mkdir()
    (folder / f"{NAME}_files" / "output.png").write_bytes(b"\x89PNG")


@files(
    "the class slowed down: twenty notebooks of thirty megabytes, none under the right name", worth=0.0, seconds=10.0
)
def many_large_notebooks(desk, folder):
    for number in range(20):
        with open(folder / f"other{number}.ipynb", "w", encoding="ascii") as file:
            file.write('{"nbformat": 4, "cells": [], "metadata": [' + "{}, " * 7_500_000 + "{}]}")


@files("the browser's memory full: pictures of 900 megapixels beside the notebook, shown in its text")
def huge_pictures_beside(desk, folder):
    notebook = desk.notebook()
    for number, side in enumerate((30_000, 7_000, 7_000, 7_000)):
        (folder / f"{number}.png").write_bytes(png(side, side))
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"![x]({number}.png)", id=f"picture{number}"))
    desk.write(folder, notebook)


@files("script in files beside the feedback page: web pages and drawings, of several endings, one of the page's name")
def pages_beside(desk, folder):
    desk.write(folder, desk.notebook())
    (folder / "deep").mkdir()
    pages = ("index.html", "page.htm", "page.xhtml", "deep/page.html", f"{NAME}.html", f"{NAME}.HTML", "page.xml")
    for name in (*pages, "page.js", "page.png.html"):
        (folder / name).write_text(PAGE, encoding="ascii")
    for name in ("drawing.svg", "deep/drawing.svgz", "picture.png", "picture.jpg"):
        (folder / name).write_text(DRAWING, encoding="ascii")
    (folder / "real.html").write_bytes(png(1, 1) + PAGE.encode("ascii"))
