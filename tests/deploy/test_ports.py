"""A taken port is explained before anything starts."""

import os
import socket

import pytest

from devstack import ports
from devstack.errors import DevStackError


def test_a_free_port_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    ports.check_free(host="127.0.0.1", port=port)


def test_a_taken_port_names_the_program_that_has_it_and_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ports.holders_of(port) == [os.getpid()]
        with pytest.raises(DevStackError) as refusal:
            ports.check_free(host="127.0.0.1", port=port)
    text = str(refusal.value)
    assert f"(pid {os.getpid()}) listens there" in text
    assert f"PORT={port + 1} make run" in text


@pytest.mark.parametrize("text", ["", "eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(DevStackError, match="number from 1 to 65535"):
        ports.parse(text)
