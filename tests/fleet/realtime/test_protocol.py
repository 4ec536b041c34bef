import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.realtime import protocol
from fleet.realtime.protocol import BadMessageError, decode_client_message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"ping","t":5}', protocol.Ping(t=5)),
        ('{"type":"pong"}', protocol.Pong()),
        ('{"type":"resume","epoch":"a","seq":7}', protocol.Resume(epoch="a", seq=7)),
        (
            '{"type":"subscribe","vehicles":[1],"groups":null,"viewport":[1,2,3,4]}',
            protocol.Subscribe(vehicles=[1], viewport=(1.0, 2.0, 3.0, 4.0)),
        ),
        ('{"type":"subscribe"}', protocol.Subscribe()),
    ],
)
def test_messages_of_clients_are_understood(text: str, message: object) -> None:
    assert decode_client_message(text) == message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ("[]", "subscribe, resume, ping or pong"),
        ("{}", "subscribe, resume, ping or pong"),
        ('{"type":"shout"}', "subscribe, resume, ping or pong"),
        ('{"type":"resume","epoch":"a","seq":"x"}', "seq"),
        ('{"type":"resume","epoch":"a","seq":-1}', "seq"),
        ('{"type":"subscribe","vehicles":"all"}', "vehicles"),
        ('{"type":"subscribe","viewport":[1,2,3]}', "viewport"),
        ('{"type":"subscribe","viewport":[0,50,10,40]}', "west, south, east, north"),
        ('{"type":"subscribe","viewport":[-200,0,10,40]}', "west, south, east, north"),
    ],
)
def test_a_bad_message_is_answered_with_what_to_send(text: str, hint: str) -> None:
    with pytest.raises(BadMessageError, match=hint) as caught:
        decode_client_message(text)
    assert caught.value.code == "bad_message"


def test_a_message_that_is_too_long_is_not_read() -> None:
    with pytest.raises(BadMessageError, match="Subscribe by group") as caught:
        decode_client_message("[" + "1," * protocol.MAX_MESSAGE_BYTES + "1]")
    assert caught.value.code == "too_large"


@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(json.dumps),
    )
)
def test_no_message_does_more_than_be_refused(text: str | bytes) -> None:
    with contextlib.suppress(BadMessageError):
        decode_client_message(text)


def test_a_hello_is_one_json_object_with_or_without_a_snapshot() -> None:
    facts = {"offline": {"moving_s": 1, "parked_s": 2}}
    common: dict[str, Any] = {
        "epoch": "e",
        "seq": 4,
        "server_time_ms": 9,
        "heartbeat_s": 15,
        "facts": facts,
    }

    fresh = json.loads(protocol.hello_message(**common, payload=b'{"vehicle":[1]}'))
    resumed = json.loads(protocol.hello_message(**common, payload=None))

    assert fresh["snapshot"] == {"vehicle": [1]}
    assert "resumed" not in fresh
    assert resumed["resumed"] is True
    assert "snapshot" not in resumed
    assert fresh["protocol"] == 1
    assert fresh["offline"] == facts["offline"]
