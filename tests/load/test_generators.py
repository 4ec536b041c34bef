"""What the benchmarks count and show: here a mistake would go unnoticed."""

import json

import pytest

from tests.load import websocket
from tests.load.figures import Figure, Report, compared, percentile
from tests.load.http_load import _content_length


def test_a_figure_is_compared_by_the_medians_of_its_rounds():
    figure = compared(
        part="p", name="n", values=[10, 50, 20], unit="/s", peer_name="peer", peers=[40, 41, 5],
        at_least=0.4,
    )  # fmt: skip
    assert (figure.value, figure.peer, figure.ratio, figure.met) == (20, 40, 0.5, True)


def test_a_quick_run_says_nothing_about_aims(tmp_path, capsys):
    report = Report(machine={"date": "today"}, quick=True)
    report.add(Figure(part="p", name="delay", value=300, unit="ms", aim="< 250 ms", met=False))
    report.write(tmp_path / "bench.json")
    written = json.loads((tmp_path / "bench.json").read_text())
    assert written["date"] == "today"
    assert written["figures"][0]["value"] == 300
    assert written["figures"][0]["met"] is None
    assert "NOT MET" not in report.table() + capsys.readouterr().out


def test_percentiles_are_values_that_were_measured():
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 50) == 50.0
    assert percentile(values, 99) == 99.0
    assert percentile([7.0], 99) == 7.0


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_of_any_length_are_cut_out_of_any_pieces(size):
    payload = b"x" * size
    head = (
        bytes([0x81, size])
        if size < 126
        else b"\x81\x7e" + size.to_bytes(2, "big")
        if size < 65_536
        else b"\x81\x7f" + size.to_bytes(8, "big")
    )
    stream = (head + payload) * 2
    for step in (1_000_000, 4_097, 3):
        if len(stream) / step > 10_000:
            continue
        reader = websocket.FrameReader()
        frames = [
            frame
            for at in range(0, len(stream), step)
            for frame in reader.feed(stream[at : at + step])
        ]
        assert frames == [(websocket.TEXT, payload)] * 2


def test_the_length_of_an_answer_is_read_whatever_its_spelling():
    for name in (b"content-length", b"Content-Length"):
        head = b"HTTP/1.1 200 OK\r\nx: y\r\n" + name + b": 17\r\ndate: now"
        assert _content_length(head, len(head)) == 17
    assert _content_length(b"HTTP/1.1 204 No Content", 23) == 0
