"""A download ends whole and checked, or says what to do; what arrived of it is used again."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path

import pytest

from minimind_tui.base.text import Text
from minimind_tui.datasets import corpora
from minimind_tui.datasets.catalogue import Progress
from minimind_tui.datasets.corpora import CorpusError, Known
from tests.data.server import Behaviour, serve

CONTENT = b"".join(b"line %d\n" % number for number in range(30_000))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def known(url: str, content: bytes = CONTENT) -> Known:
    digest = hashlib.sha256(content).hexdigest()
    return Known(name="lines", title=Text(zh="行", en="Lines"), url=url, size=len(content), sha256=digest)


def get(url: str, folder: Path, progress: Progress | None = None) -> Path:
    return corpora.get("lines", {"lines": known(url)}, folder, progress)


def test_a_text_arrives_whole_and_tells_its_progress(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    with serve(Behaviour(CONTENT)) as server:
        path = get(server.url, tmp_path / "corpora", lambda done, total: steps.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert not list(path.parent.glob("*.part"))


def test_a_text_that_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    with serve(Behaviour(CONTENT)) as server:
        get(server.url, tmp_path)
        get(server.url, tmp_path)
        assert len(server.asked) == 1


def test_a_damaged_text_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_bytes(CONTENT[:-1])
    with serve(Behaviour(CONTENT)) as server:
        assert get(server.url, tmp_path).read_bytes() == CONTENT


def test_a_cut_connection_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    with serve(Behaviour(CONTENT, cuts=[100_000, 50_000])) as server:
        assert get(server.url, tmp_path).read_bytes() == CONTENT
        assert server.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_what_arrived_is_used_by_the_next_run(tmp_path: Path) -> None:
    with serve(Behaviour(CONTENT, cuts=[100_000, 0])) as server:
        with pytest.raises(CorpusError) as raised:
            get(server.url, tmp_path)
        assert not (tmp_path / "lines.txt").exists()
        assert (tmp_path / "lines.txt.part").read_bytes() == CONTENT[:100_000]
        assert "minimind-tui data get lines" in raised.value.message.en
        assert "minimind-tui data get lines" in raised.value.message.zh
        server.asked.clear()
        assert get(server.url, tmp_path).read_bytes() == CONTENT
        assert server.asked == ["bytes=100000-"]


def test_a_connection_that_is_always_cut_is_given_up(tmp_path: Path) -> None:
    with serve(Behaviour(CONTENT, cuts=[10] * 50)) as server:
        with pytest.raises(CorpusError):
            get(server.url, tmp_path)
        assert len(server.asked) < 10


@pytest.mark.parametrize("broken", [Behaviour(CONTENT, ranges=False), Behaviour(CONTENT, shifted=True)])
def test_a_server_that_cannot_go_on_starts_again(tmp_path: Path, broken: Behaviour) -> None:
    (tmp_path / "lines.txt.part").write_bytes(CONTENT[:1000])
    with serve(broken) as server:
        assert get(server.url, tmp_path).read_bytes() == CONTENT


def test_a_part_longer_than_the_text_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "lines.txt.part").write_bytes(CONTENT + b"more")
    with serve(Behaviour(CONTENT)) as server:
        assert get(server.url, tmp_path).read_bytes() == CONTENT
        assert server.asked == [None]


def test_a_whole_part_needs_no_connection(tmp_path: Path) -> None:
    (tmp_path / "lines.txt.part").write_bytes(CONTENT)
    assert get("http://127.0.0.1:9/text", tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", [CONTENT[:-1] + b"!", b"x" * (len(CONTENT) + 5)])
def test_another_text_is_thrown_away(tmp_path: Path, wrong: bytes) -> None:
    with serve(Behaviour(wrong)) as server, pytest.raises(CorpusError) as raised:
        get(server.url, tmp_path)
    assert "SHA-256" in raised.value.message.en
    assert "data add FILE --name lines" in raised.value.message.en
    assert [path.name for path in tmp_path.iterdir()] == ["lines.txt.lock"]


def test_a_part_of_another_text_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "lines.txt.part").write_bytes(b"x" * 1000)
    with serve(Behaviour(CONTENT)) as server:
        with pytest.raises(CorpusError, match="SHA-256"):
            get(server.url, tmp_path)
        assert get(server.url, tmp_path).read_bytes() == CONTENT
        assert server.asked == ["bytes=1000-", None]


def test_a_shorter_text_at_the_server_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lines.txt.part").write_bytes(CONTENT[:6000])
    with serve(Behaviour(CONTENT[:5000])) as server, pytest.raises(CorpusError):
        get(server.url, tmp_path)
    assert server.asked[:2] == ["bytes=6000-", None]
    assert not (tmp_path / "lines.txt").exists()


@pytest.mark.parametrize("status", [404, 500])
def test_a_refusal_names_its_status_and_the_other_way(tmp_path: Path, status: int) -> None:
    with serve(Behaviour(CONTENT, status=status)) as server, pytest.raises(CorpusError) as raised:
        get(server.url, tmp_path)
    for message in (raised.value.message.zh, raised.value.message.en):
        assert f"HTTP {status}" in message
        assert "minimind-tui data add FILE --name lines" in message


def test_no_connection_names_the_ways_out(tmp_path: Path) -> None:
    with serve(Behaviour(CONTENT)) as server:
        url = server.url
    with pytest.raises(CorpusError) as raised:  # nobody listens there any more
        get(url, tmp_path)
    for message in (raised.value.message.zh, raised.value.message.en):
        assert "minimind-tui data get lines" in message
        assert "minimind-tui data add FILE --name lines" in message


def test_a_second_download_at_once_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "lines.txt.lock").open("w") as lock, serve(Behaviour(CONTENT)) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CorpusError, match="Another minimind-tui"):
            get(server.url, tmp_path)
        assert server.asked == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with serve(Behaviour(CONTENT)) as server, pytest.raises(CorpusError, match="Cannot write in"):
        get(server.url, tmp_path / "file" / "corpora")


def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="did you mean lines"):
        corpora.get("line", {"lines": known("https://example.org")}, tmp_path)
