"""Who may send, and which device is which: remembered for a short while in each gateway.

Answers come from PostgreSQL on a miss and are kept for INGEST_REGISTRY_TTL_S, also negative
ones, so a revoked key closes within that time. All misses of one turn of the event loop share one
hop into a thread and one query per kind.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Generic, TypeVar

from django.conf import settings

from vehicles.ingest.lookup import DeviceRef, Found, Grant, Wanted, is_credential, look_up

K = TypeVar("K")
V = TypeVar("V")

MAX_CREDENTIALS = 50_000
MAX_DEVICES = 200_000


class Registry:
    """Credentials and devices of one gateway. Not for use from several threads."""

    def __init__(
        self, *, threads: Executor | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._credentials: Remembered[str, Grant | None] = Remembered(MAX_CREDENTIALS, clock)
        self._devices: Remembered[tuple[int, str], DeviceRef | None] = Remembered(
            MAX_DEVICES, clock
        )
        self._wanted = Wanted()
        self._batch: asyncio.Task[Found] | None = None
        # One thread: look-ups are rare, and a burst of them should wait, not open connections.
        self._threads = threads or ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="ingest-registry"
        )
        self._turn = asyncio.Lock()

    async def grant_for(self, credential: str) -> Grant | None:
        """What the credential allows, or None when it opens nothing.

        Raises:
            django.db.Error: PostgreSQL could not be asked.
        """
        if not is_credential(credential):
            return None
        known, grant = self._credentials.get(credential)
        if not known:
            self._wanted.credentials.add(credential)
            found = await self._look_up()
            grant = found.grants.get(credential)
        return grant

    async def devices_for(
        self, grant: Grant, identities: Iterable[str]
    ) -> Mapping[str, DeviceRef | None]:
        """The organization's devices by identity; None for an unknown one.

        Raises:
            django.db.Error: PostgreSQL could not be asked.
        """
        organization_id = grant.organization_id
        found: dict[str, DeviceRef | None] = {}
        missing = []
        for identity in identities:
            known, device = self._devices.get((organization_id, identity))
            if known:
                found[identity] = device
            else:
                missing.append(identity)
        if missing:
            self._wanted.want_devices(grant, missing)
            answers = await self._look_up()
            for identity in missing:
                found[identity] = answers.devices.get((organization_id, identity))
        return found

    def close(self) -> None:
        """End the thread."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self) -> Found:
        if self._batch is None:
            self._batch = asyncio.create_task(self._run_batch())
        # A caller that goes away must not take the others' answer with it.
        return await asyncio.shield(self._batch)

    async def _run_batch(self) -> Found:
        async with self._turn:
            wanted, self._wanted, self._batch = self._wanted, Wanted(), None
            loop = asyncio.get_running_loop()
            found: Found = await loop.run_in_executor(self._threads, look_up, wanted)
        ttl_s = settings.INGEST_REGISTRY_TTL_S
        for credential in wanted.credentials:
            self._credentials.put(credential, found.grants.get(credential), ttl_s)
        for organization_id, identities in wanted.devices.items():
            for identity in identities:
                key = (organization_id, identity)
                self._devices.put(key, found.devices.get(key), ttl_s)
        return found


class Remembered(Generic[K, V]):
    """Answers with an expiry; the oldest go when there are too many."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._answers: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> tuple[bool, V | None]:
        """(whether there is an answer, the answer)."""
        answer = self._answers.get(key)
        if answer is None or answer[0] < self._clock():
            return False, None
        return True, answer[1]

    def put(self, key: K, value: V, ttl_s: float) -> None:
        """Remember for a while."""
        self._answers[key] = (self._clock() + ttl_s, value)
        self._answers.move_to_end(key)
        if len(self._answers) > self._limit:
            self._answers.popitem(last=False)
