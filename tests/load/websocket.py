"""The client's side of RFC 6455, as little of it as reading many sockets cheaply needs."""

import base64
import os
import struct
from collections.abc import Iterator

TEXT, CLOSE, PING = 0x1, 0x8, 0x9


def upgrade_request(*, path: str, api_key: str = "") -> bytes:
    """The request that opens a socket."""
    nonce = base64.b64encode(os.urandom(16)).decode()
    authorization = f"Authorization: Api-Key {api_key}\r\n" if api_key else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"{authorization}Sec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked_text(text: bytes) -> bytes:
    """A text frame of fewer than 126 bytes. The mask is zero: valid, and free to apply."""
    return struct.pack("!BBI", 0x80 | TEXT, 0x80 | len(text), 0) + text


class FrameReader:
    """Cuts what arrives on one socket into frames; its memory is the frame under way."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yields (opcode, payload) of every whole frame. A server's frames carry no mask."""
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        while end - at >= 2:
            size, body = data[at + 1] & 0x7F, at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                if end - body < width:
                    break
                size = int.from_bytes(data[body : body + width], "big")
                body += width
            if end - body < size:
                break
            yield data[at] & 0x0F, data[body : body + size]
            at = body + size
        self._rest = data[at:] if at < end else b""
