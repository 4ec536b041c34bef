"""Wrapping of WebSocket applications."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]

_KEY = re.compile(rb"(^|&)key=[^&]*")


def keep_key_out_of_logs(application: Application) -> Application:
    """Hide `?key=` from what the server logs about the connection.

    Servers log the query string of the scope that they made, so the text is replaced in that very
    object; the application gets a copy with the key.
    """

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        inner = dict(scope)
        scope["query_string"] = _KEY.sub(rb"\1key=hidden", scope["query_string"])
        await application(inner, receive, send)

    return guarded


async def refuse_unknown_path(scope: Any, receive: Any, send: Any) -> None:
    """Answer the handshake with 403 where no socket lives."""
    await receive()
    await send({"type": "websocket.close"})
