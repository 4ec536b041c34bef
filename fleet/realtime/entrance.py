"""Looking up a grant without asking the database once per socket in a rush."""

import asyncio

from channels.db import database_sync_to_async

from fleet.realtime.authorization import Credentials, Grant, grant_for

# After a restart thousands of sockets come back at once, often with the same key. A right that
# was withdrawn a moment ago is found by the hub's regular check.
REUSE_S = 2.0


class GrantCache:
    """Grants by credentials, each looked up once and shared for a moment."""

    def __init__(self) -> None:
        self._looking: dict[Credentials, asyncio.Task[Grant]] = {}

    async def get(self, credentials: Credentials) -> Grant:
        """The grant of these credentials. Raises RefusedError, or DatabaseError."""
        task = self._looking.get(credentials)
        if task is None:
            look_up = database_sync_to_async(grant_for, thread_sensitive=False)
            task = asyncio.ensure_future(look_up(credentials))
            self._looking[credentials] = task
            task.add_done_callback(lambda _task: self._forget_soon(credentials))
        return await asyncio.shield(task)

    def _forget_soon(self, credentials: Credentials) -> None:
        task = self._looking[credentials]
        failed = task.cancelled() or task.exception() is not None
        if failed:
            del self._looking[credentials]
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(REUSE_S, self._looking.pop, credentials, None)
