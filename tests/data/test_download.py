"""`helpers.data.download` against a server on this machine that behaves as badly as servers do."""

import hashlib
import http.server
import json
import threading

import pytest

from helpers.data import download

BODY = bytes(range(256)) * 2000
NAME = "numbers"


class BadServer(http.server.ThreadingHTTPServer):
    """Serves ``body`` under /file; what else it does is set from outside."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = BODY
        self.break_after = []  # bytes sent by the first, second ... answer before the connection is cut
        self.ignore_range = False
        self.wrong_range = False
        self.declared_extra = 0
        self.status = None
        self.tells_size = True
        self.asked = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/file"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        if server.status:
            self.send_error(server.status)
            return
        start = 0 if server.ignore_range or not wanted else int(wanted.removeprefix("bytes=").partition("-")[0])
        if start >= len(server.body):
            self.send_error(416)
            return
        body = server.body[start:]
        self.send_response(200 if server.ignore_range or not wanted else 206)
        if wanted and not server.ignore_range:
            told = start + 1 if server.wrong_range else start
            self.send_header("Content-Range", f"bytes {told}-{len(server.body) - 1}/{len(server.body)}")
        self.send_header("Content-Length", str(len(body) + server.declared_extra))
        self.end_headers()
        if server.break_after:
            body = body[: server.break_after.pop(0)]
        self.wfile.write(body)
        self.close_connection = True

    def do_HEAD(self):
        self.send_response(self.server.status or 200)
        if self.server.tells_size:
            self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def server():
    with BadServer() as bad:
        threading.Thread(target=bad.serve_forever, daemon=True).start()
        yield bad
        bad.shutdown()


@pytest.fixture
def second_server():
    with BadServer() as bad:
        threading.Thread(target=bad.serve_forever, daemon=True).start()
        yield bad
        bad.shutdown()


@pytest.fixture
def manifest(tmp_path, server, monkeypatch):
    """A manifest with one download and one shipped file; the cache folder is the test's own."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(download, "RETRY_PAUSE_SECONDS", 0.0)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "small.txt").write_bytes(b"small")
    path = tmp_path / "data" / "manifest.json"
    shipped = {"data/small.txt": {"size": 5, "sha256": hashlib.sha256(b"small").hexdigest()}}
    entry = {
        "file": "numbers.bin",
        "urls": [server.url],
        "size": len(BODY),
        "sha256": hashlib.sha256(BODY).hexdigest(),
        "licence": "none",
    }
    path.write_text(json.dumps({"shipped": shipped, "downloads": {NAME: entry}}), encoding="utf-8")
    return path


def get(manifest, **options):
    return download.get(NAME, progress=False, manifest=manifest, **options)


def test_get_brings_the_file_once(manifest, server):
    path = get(manifest)
    assert path.read_bytes() == BODY
    assert get(manifest) == path
    assert len(server.asked) == 1


def test_get_writes_where_it_is_told(manifest, tmp_path):
    assert get(manifest, dest=tmp_path / "here" / "mine.bin").read_bytes() == BODY


def test_get_goes_on_where_the_connection_broke(manifest, server):
    server.break_after = [100_000, 50_000, 0, 0]
    assert get(manifest).read_bytes() == BODY
    assert server.asked == ["bytes=0-", "bytes=100000-", *["bytes=150000-"] * 3]


def test_get_goes_on_in_a_later_call(manifest, server, tmp_path):
    part = tmp_path / "cache" / "downloads" / "numbers.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(BODY[:1234])
    assert get(manifest).read_bytes() == BODY
    assert server.asked == ["bytes=1234-"]
    assert not part.exists()


def test_get_starts_again_when_the_server_ignores_range(manifest, server):
    server.ignore_range = True
    server.break_after = [300_000]
    assert get(manifest).read_bytes() == BODY


def test_get_uses_no_bytes_from_another_place_than_asked(manifest, server):
    server.wrong_range = True
    with pytest.raises(download.DownloadError, match="asked for bytes from 0"):
        get(manifest)


def test_get_refuses_wrong_bytes(manifest, server):
    server.body = BODY[:-1] + b"!"
    with pytest.raises(download.DownloadError, match="expected sha256"):
        get(manifest)
    assert not any(path.is_file() for path in manifest.parents[1].joinpath("cache").rglob("*"))


@pytest.mark.parametrize("body", [BODY + b"more", BODY[:-1000]], ids=["longer", "shorter"])
def test_get_refuses_another_length(manifest, server, body):
    server.body = body
    with pytest.raises(download.DownloadError, match=f"expected {len(BODY)} bytes"):
        get(manifest)


def test_get_survives_a_lie_about_the_length(manifest, server):
    server.declared_extra = 5000
    assert get(manifest).read_bytes() == BODY


def test_get_throws_away_a_part_that_is_too_long(manifest, tmp_path):
    part = tmp_path / "cache" / "downloads" / "numbers.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(BODY + b"rubbish")
    assert get(manifest).read_bytes() == BODY


def test_get_throws_away_a_complete_part_that_is_wrong(manifest, server, second_server, tmp_path):
    part = tmp_path / "cache" / "downloads" / "numbers.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"?" * len(BODY))
    assert get(manifest, urls=[server.url, second_server.url]).read_bytes() == BODY


def test_get_takes_the_next_mirror(manifest, server, second_server):
    server.break_after = [100_000] + [0] * 99
    assert get(manifest, urls=[server.url, second_server.url]).read_bytes() == BODY
    assert second_server.asked == ["bytes=100000-"]


@pytest.mark.parametrize("status", [404, 503])
def test_get_names_every_mirror_that_failed(manifest, server, status):
    server.status = status
    with pytest.raises(download.DownloadError, match=rf"127.0.0.1(.|\n)*{status}"):
        get(manifest)


def test_get_says_when_nobody_listens(manifest, server):
    server.shutdown()
    server.server_close()
    with pytest.raises(download.DownloadError, match="could not fetch numbers"):
        get(manifest)


def test_get_lists_the_names_when_it_does_not_know_one(manifest):
    with pytest.raises(ValueError, match=NAME):
        download.get("nothing", manifest=manifest)


def test_verify_tells_sound_missing_and_broken(manifest, tmp_path):
    small, numbers = download.verify(manifest=manifest)
    assert (small.fault, numbers.missing) == ("", True)
    get(manifest).write_bytes(BODY[::-1])
    (tmp_path / "data" / "small.txt").write_bytes(b"smell")
    small, numbers = download.verify(manifest=manifest)
    assert "expected sha256" in small.fault
    assert "expected sha256" in numbers.fault
    assert not numbers.missing
    (tmp_path / "data" / "small.txt").unlink()
    small, _ = download.verify(manifest=manifest)
    assert "there is none" in small.fault and not small.missing  # what ships must be there


def test_get_repairs_a_broken_file(manifest):
    get(manifest).write_bytes(BODY[::-1])
    assert get(manifest).read_bytes() == BODY


def test_verify_knows_its_names(manifest):
    assert [state.name for state in download.verify(["data/small.txt"], manifest)] == ["data/small.txt"]
    with pytest.raises(ValueError, match="data/small.txt"):
        download.verify(["nothing"], manifest)


@pytest.fixture
def open_manifest(manifest):
    """The same manifest, but it leaves size and checksum of the download open."""
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    entries["downloads"][NAME] |= {"size": None, "sha256": None}
    manifest.write_text(json.dumps(entries), encoding="utf-8")
    return manifest


def test_an_open_checksum_is_recorded_at_the_first_download(open_manifest, server):
    server.break_after = [1000]
    path = get(open_manifest)
    assert path.read_bytes() == BODY
    assert get(open_manifest) == path
    assert server.asked == ["bytes=0-", "bytes=1000-"]
    assert not download.verify([NAME], open_manifest)[0].fault
    path.write_bytes(BODY[::-1])
    assert "expected sha256" in download.verify([NAME], open_manifest)[0].fault


def test_an_open_checksum_trusts_no_older_part(open_manifest, tmp_path):
    part = tmp_path / "cache" / "downloads" / "numbers.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"older")
    assert get(open_manifest).read_bytes() == BODY


def test_an_open_size_must_be_told_by_the_server(open_manifest, server):
    server.tells_size = False
    with pytest.raises(download.DownloadError, match="told no size"):
        get(open_manifest)


def test_md5_is_known_too(tmp_path):
    (tmp_path / "file").write_bytes(BODY)
    assert download.fault_of(tmp_path / "file", len(BODY), "md5:" + hashlib.md5(BODY).hexdigest()) == ""


def test_the_course_manifest_is_complete():
    for source in download.list_data():
        assert source.urls and source.licence and source.about
    assert {"glove", "glove-6b"} <= {source.name for source in download.list_data()}


def test_what_ships_is_what_the_manifest_says():
    for state in download.verify():
        assert state.missing and state.name in {source.name for source in download.list_data()} or not state.fault, (
            state
        )
