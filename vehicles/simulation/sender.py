"""Sends reports through the real HTTP door, and holds them back while the server is away."""

import http.client
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from vehicles.simulation.fleet import Report

MAX_FIXES = 10_000
KEEP_FIXES = 100_000
"""Reports kept while the server is away; the oldest go first after that."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
_RETRY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


class SenderError(Exception):
    """The server refuses what we send, and would refuse it again."""


@dataclass(slots=True)
class Sender:
    """One keep-alive connection to `/ingest/positions`."""

    url: str
    api_key: str
    rng: random.Random
    waiting: deque[Report] = field(default_factory=deque)
    accepted: int = 0
    rejected: int = 0
    lost: int = 0
    failures: int = 0
    trouble: str = ""
    """Why the last attempt failed; "" after a success."""
    _connection: http.client.HTTPConnection | None = None

    def add(self, reports: Iterable[Report]) -> None:
        """Queue reports for the next `send`."""
        self.waiting.extend(reports)
        while len(self.waiting) > KEEP_FIXES:
            self.waiting.popleft()
            self.lost += 1

    def send(self) -> float:
        """Send what waits. Gives how many seconds to leave the server alone; 0 after success.

        Raises:
            SenderError: the server refuses the key or the request itself.
        """
        while self.waiting:
            batch = [self.waiting[i] for i in range(min(MAX_FIXES, len(self.waiting)))]
            try:
                status, retry_after, body = self._post(encode(batch))
            except (OSError, http.client.HTTPException) as error:
                return self._back_off(str(error) or type(error).__name__)
            if status in _RETRY_STATUS:
                return self._back_off(f"the server answered {status}", retry_after)
            if status >= 300:
                raise SenderError(
                    f"{self.url} answered {status}: {body[:300].decode(errors='replace')}"
                )
            for _ in batch:
                self.waiting.popleft()
            self._count(body, len(batch))
            self.failures, self.trouble = 0, ""
        return 0.0

    def close(self) -> None:
        """Close the connection; the next `send` opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body: bytes) -> tuple[int, float, bytes]:
        if self._connection is None:
            parts = urlsplit(self.url)
            kind = (
                http.client.HTTPSConnection
                if parts.scheme == "https"
                else http.client.HTTPConnection
            )
            self._connection = kind(parts.netloc, timeout=20)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Api-Key {self.api_key}",
        }
        path = urlsplit(self.url).path.rstrip("/") + "/ingest/positions"
        try:
            self._connection.request("POST", path, body, headers)
            response = self._connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        retry_after = response.headers.get("Retry-After", "")
        return response.status, float(retry_after) if retry_after.isdigit() else 0.0, answer

    def _back_off(self, trouble: str, at_least_s: float = 0.0) -> float:
        self.failures += 1
        self.trouble = trouble
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (self.failures - 1))
        # Jitter: many simulators must not come back in the same instant.
        return max(at_least_s, longest * self.rng.uniform(0.5, 1.0))

    def _count(self, body: bytes, sent: int) -> None:
        rejected = 0
        if body:
            answer = msgspec.json.decode(body)
            if isinstance(answer, dict) and isinstance(answer.get("rejected"), int | list):
                found = answer["rejected"]
                rejected = len(found) if isinstance(found, list) else found
        self.rejected += rejected
        self.accepted += sent - rejected


def encode(reports: list[Report]) -> bytes:
    """A request body in the project's own batch format."""
    return msgspec.json.encode(
        [
            {
                "device": r.device,
                "recorded_at": round(r.recorded_at_s * 1000),
                "lon": r.lon,
                "lat": r.lat,
                "altitude_m": r.altitude_m,
                "speed_mps": r.speed_mps,
                "heading_deg": r.heading_deg,
                "accuracy_m": r.accuracy_m,
                "odometer_m": r.odometer_m,
                "ignition": r.ignition,
                "fuel_l": r.fuel_l,
                "attributes": {"supply_v": r.supply_v},
            }
            for r in reports
        ]
    )
