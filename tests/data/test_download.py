"""`helpers.data.download` against a server on this machine that behaves as badly as servers do."""

import errno
import hashlib
import http.server
import json
import os
import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from autograders.cli import app
from helpers.data import download
from helpers.language import language, speaking

BODY = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(BODY).hexdigest()
NAME = "numbers"


class BadServer(http.server.ThreadingHTTPServer):
    """Serves ``body``; what else it does is set from outside."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/file"
        self.body = BODY
        self.break_after = []  # bytes sent by the first, second ... answer before the connection is cut
        self.silent_seconds = 0  # before it cuts the connection
        self.status = []  # of the first, second ... answer, in place of the file
        self.ignore_range = False
        self.wrong_range = False
        self.tells_size = True
        self.declared_extra = 0
        self.first_requests = threading.Barrier(1)
        self.asked = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, wanted = self.server, self.headers["Range"]
        server.asked.append(wanted)
        if server.status:
            self.send_response(server.status.pop(0))
            self.send_header("Retry-After", "3600")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        start = 0 if server.ignore_range else int(wanted.removeprefix("bytes=").removesuffix("-"))
        size, body = len(server.body), server.body[start:]
        self.send_response(200 if server.ignore_range else 206)
        if not server.ignore_range:
            self.send_header("Content-Range", f"bytes {start + server.wrong_range}-{size - 1}/{size}")
        if server.tells_size:
            self.send_header("Content-Length", str(len(body) + server.declared_extra))
        self.end_headers()
        if wanted == "bytes=0-":
            server.first_requests.wait(timeout=30)
        self.wfile.write(body[: server.break_after.pop(0)] if server.break_after else body)
        time.sleep(server.silent_seconds)

    def log_message(self, *_):
        """Keep quiet."""


def serving():
    with BadServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


server, mirror = pytest.fixture(serving), pytest.fixture(serving)


@pytest.fixture
def manifest(tmp_path, server, mirror, monkeypatch):
    """A manifest with one download and one shipped file; the cache folder is the test's own."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(download, "RETRY_PAUSE_SECONDS", 0.0)
    (tmp_path / "small.txt").write_bytes(b"small")
    path = tmp_path / "manifest.json"
    shipped = {"data/small.txt": {"size": 5, "sha256": hashlib.sha256(b"small").hexdigest()}}
    entry = {"file": "numbers.bin", "urls": [server.url], "size": len(BODY), "sha256": SHA256}
    with_mirror = entry | {"urls": [server.url, mirror.url]}
    path.write_text(json.dumps({"shipped": shipped, "downloads": {NAME: entry, "mirrored": with_mirror}}))
    return path


@pytest.fixture
def part(manifest):
    """Where the part of an earlier transfer lies; its folder is there."""
    path = download.find(NAME, manifest).part
    path.parent.mkdir(parents=True)
    return path


def get(manifest, name=NAME):
    return download.get(name, progress=False, manifest=manifest)


def test_get_brings_the_file_once(manifest, server):
    path = get(manifest)
    assert path.read_bytes() == BODY
    assert get(manifest) == path
    assert len(server.asked) == 1
    assert os.listdir(path.parent) == ["numbers.bin"]


def test_get_goes_on_where_the_connection_broke(manifest, server):
    server.break_after = [100_000, 50_000]
    assert get(manifest).read_bytes() == BODY
    assert server.asked == ["bytes=0-", "bytes=100000-", "bytes=150000-"]


def test_get_goes_on_in_a_later_call_and_from_the_next_mirror(manifest, server, mirror):
    server.break_after = [1234, 0]
    with pytest.raises(download.DownloadError, match=rf"{server.url}: stopped at 1234 of {len(BODY)} bytes.*try again"):
        get(manifest)
    server.break_after = [1000, 0]
    assert get(manifest, "mirrored").read_bytes() == BODY
    assert server.asked == ["bytes=0-", "bytes=1234-", "bytes=1234-", "bytes=2234-"]
    assert mirror.asked == ["bytes=2234-"]


def test_get_starts_again_when_the_server_ignores_range(manifest, server):
    server.ignore_range = True
    server.break_after = [300_000]
    assert get(manifest).read_bytes() == BODY


def test_get_ends_when_a_server_that_ignores_range_breaks_off_each_time(manifest, server):
    server.ignore_range = True
    server.break_after = [300_000] * 9
    with pytest.raises(download.DownloadError, match="stopped at 300000"):
        get(manifest)
    assert len(server.asked) == 2


def test_get_waits_for_no_silent_server_and_keeps_what_came(manifest, server, part, monkeypatch):
    monkeypatch.setattr(download, "READ_SECONDS", 0.1)
    server.break_after, server.silent_seconds = [100_000, 0], 9
    with pytest.raises(download.DownloadError, match=r"stopped at \d+ of .*Timeout"):
        get(manifest)
    assert 100_000 - download.CHUNK_BYTES < part.stat().st_size <= 100_000


def test_get_soon_asks_again_when_a_server_is_busy(manifest, server):
    server.status = [503, 429]
    assert get(manifest).read_bytes() == BODY


@pytest.mark.parametrize("status", [404, 503])
def test_get_names_every_mirror_that_failed(manifest, server, mirror, status):
    server.status = mirror.status = [status] * 20
    with pytest.raises(download.DownloadError) as caught:
        get(manifest, "mirrored")
    for line, each in zip(str(caught.value).splitlines(), (server, mirror), strict=True):
        assert line.startswith(f"could not fetch numbers.bin from {each.url}: the server answered {status}")


def test_get_says_when_nobody_listens(manifest, server):
    server.shutdown()
    server.server_close()
    with pytest.raises(download.DownloadError, match=rf"numbers.bin from {server.url}: .*check the network"):
        get(manifest)


def test_get_uses_no_bytes_from_another_place_than_asked(manifest, server):
    server.wrong_range = True
    with pytest.raises(download.DownloadError, match=f"expected bytes 0-{len(BODY) - 1}.*, got bytes 1-"):
        get(manifest)


@pytest.mark.parametrize("ignore_range", [True, False])
@pytest.mark.parametrize("body", [BODY + b"more", BODY[:-1000], b"<html>log in"], ids=["longer", "shorter", "page"])
def test_get_refuses_another_length(manifest, server, part, body, ignore_range):
    server.body, server.ignore_range = body, ignore_range
    with pytest.raises(download.DownloadError, match=f"expected .*{len(BODY)} bytes, got .*{len(body)}"):
        get(manifest)
    assert part.stat().st_size == 0


def test_get_refuses_a_page_of_unknown_length(manifest, server, part):
    part.write_bytes(BODY[:7])
    server.body, server.ignore_range, server.tells_size = b"<html>log in", True, False
    with pytest.raises(download.DownloadError, match="got an unknown number"):
        get(manifest)
    assert part.read_bytes() == BODY[:7]


def test_get_survives_a_lie_about_the_length(manifest, server):
    server.declared_extra = 5000
    assert get(manifest).read_bytes() == BODY


def test_get_refuses_wrong_bytes(manifest, server, part):
    server.body = BODY[:-1] + b"!"
    with pytest.raises(download.DownloadError, match=f"expected sha256 {SHA256}, got .*try again"):
        get(manifest)
    assert os.listdir(part.parent) == []


@pytest.mark.parametrize("rubbish", [BODY + b"more", b"?" * len(BODY)], ids=["longer", "wrong"])
def test_get_throws_away_what_an_older_edition_left(manifest, part, rubbish):
    part.write_bytes(rubbish)
    assert get(manifest).read_bytes() == BODY


def test_get_repairs_a_broken_file(manifest):
    get(manifest).write_bytes(BODY[::-1])
    assert get(manifest).read_bytes() == BODY


def test_get_says_where_there_is_no_room_and_goes_on_later(manifest, server, part):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(download.DownloadError, match=rf"{part} cannot be written \({os.strerror(errno.EFBIG)}\)"):
            get(manifest)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert get(manifest).read_bytes() == BODY
    assert server.asked == ["bytes=0-", "bytes=200000-"]


@pytest.mark.parametrize("break_after", [[], [300_000]], ids=["side by side", "one breaks off"])
def test_two_may_fetch_at_once(manifest, server, break_after):
    server.first_requests = threading.Barrier(2)
    server.break_after = break_after
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(get, [manifest] * 2))
    assert [path.read_bytes() for path in paths] == [BODY] * 2
    assert server.asked[:2] == ["bytes=0-"] * 2


def test_get_lists_the_names_when_it_does_not_know_one(manifest):
    with pytest.raises(ValueError, match=NAME):
        get(manifest, "nothing")


def test_md5_is_known_too(tmp_path):
    (tmp_path / "file").write_bytes(BODY)
    assert download.fault_of(tmp_path / "file", {"size": len(BODY), "md5": hashlib.md5(BODY).hexdigest()}) == ""
    assert "expected md5 0" in download.fault_of(tmp_path / "file", {"size": len(BODY), "md5": "0"})


def test_verify_tells_sound_missing_and_broken(manifest, tmp_path):
    assert download.verify(manifest=manifest) == {"data/small.txt": ""}  # what was never fetched is no fault
    assert "there is none" in download.verify([NAME], manifest)[NAME]  # unless it is asked for
    get(manifest).write_bytes(BODY[::-1])
    (tmp_path / "small.txt").write_bytes(b"smell")
    found = download.verify(manifest=manifest)
    assert "expected sha256" in found["data/small.txt"] and "expected sha256" in found[NAME]
    (tmp_path / "small.txt").unlink()
    assert "there is none" in download.verify(manifest=manifest)["data/small.txt"]  # what ships must be there
    with pytest.raises(ValueError, match="data/small.txt.*got nothing"):
        download.verify(["nothing"], manifest)


def test_the_course_pins_all_that_can_be_fetched_and_ships_what_it_says(manifest):
    sources = {source.name: source.entry for source in download.list_data()}
    assert {"glove", "glove-6b", "weimar"} <= sources.keys()
    for entry in sources.values():
        assert entry["urls"] and entry["licence"] and entry["about"] and entry["size"] > 0
        assert len(entry.get("sha256", "")) == 64 or len(entry["md5"]) == 32
    with speaking(language()):  # the command chooses the language of what comes after it
        listed, verified, asked = (
            CliRunner().invoke(app, ["data", *one]) for one in (["list"], ["verify"], ["verify", "glove"])
        )
    assert listed.exit_code == 0 and "weimar  41 MiB, ODbL-1.0, not fetched: Weimar Jazz" in listed.output
    assert verified.exit_code == 0 and "0 at fault" in verified.output
    assert asked.exit_code == 1 and "differs glove: expected a file at" in asked.output
