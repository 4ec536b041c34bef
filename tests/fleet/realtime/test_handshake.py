import pytest

from fleet.realtime.handshake import origin_is_ours, read_handshake


def handshake(*, query: bytes = b"", **headers: str):
    scope = {
        "query_string": query,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    return read_handshake(scope, session_cookie="sessionid")


def test_a_browser_is_known_by_its_session_cookie() -> None:
    read = handshake(cookie="theme=dark; sessionid=abc", host="fleet.test")

    assert read.credentials.session_key == "abc"
    assert read.credentials.api_key == ""


def test_a_key_is_read_from_the_header_or_the_query_and_wins_over_a_cookie() -> None:
    header = handshake(authorization="Api-Key fk_a_b", cookie="sessionid=abc")
    query = handshake(query=b"key=fk_a_b", cookie="sessionid=abc")

    assert header.credentials == query.credentials
    assert header.credentials.api_key == "fk_a_b"
    assert header.credentials.session_key == ""


@pytest.mark.parametrize(
    ("query", "resume"),
    [
        (b"epoch=e1&seq=17", ("e1", 17)),
        (b"epoch=e1&seq=", None),
        (b"seq=17", None),
        (b"epoch=e1&seq=-3", None),
        (b"epoch=e1&seq=1e9", None),
        (b"epoch=e1&seq=" + b"9" * 40, None),
        (b"%ff%fe", None),
    ],
)
def test_where_to_resume_is_read_from_the_query(query: bytes, resume: object) -> None:
    assert handshake(query=query).resume == resume


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("https://fleet.test:8000", True),
        ("http://fleet.test:8000", True),
        ("https://FLEET.test:8000", True),
        ("https://fleet.test", False),  # another port is another origin
        ("https://evil.test", False),
        ("https://fleet.test.evil.test:8000", False),
        ("null", False),
        ("", False),
        ("https://partner.test", True),
    ],
)
def test_only_our_own_pages_may_use_a_session(origin: str, ours: bool) -> None:
    read = handshake(cookie="sessionid=abc", host="fleet.test:8000", origin=origin)

    assert ours == origin_is_ours(
        read, allowed_hosts=["fleet.test"], trusted_origins=["https://partner.test"]
    )


def test_a_host_that_we_do_not_serve_is_nobodys_origin() -> None:
    read = handshake(cookie="sessionid=abc", host="evil.test", origin="https://evil.test")

    assert not origin_is_ours(read, allowed_hosts=["fleet.test"], trusted_origins=[])
