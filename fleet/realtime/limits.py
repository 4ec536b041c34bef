"""How many connections one user or key has, over all processes.

Per subject a Redis hash holds one field per hub: how many of its sockets the hub holds and until
when that is true. The hub renews its fields, so those of a killed process run out by themselves.
"""

from collections import Counter

from redis.asyncio import Redis as AsyncRedis

# KEYS: the subject's hash. ARGV: hub, its count with the new socket, lifetime ms, most allowed.
# Returns 1 when there is room, 0 when not.
_CLAIM_LUA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local total = tonumber(ARGV[2])
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local count, till = string.match(fields[i + 1], '(%d+):(%d+)')
  if tonumber(till) < now then
    redis.call('HDEL', KEYS[1], fields[i])
  elseif fields[i] ~= ARGV[1] then
    total = total + tonumber(count)
  end
end
if total > tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. string.format('%.0f', now + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_NO_LIMIT = 2**31


class ConnectionLimit:
    """One hub's part of the count."""

    def __init__(self, redis: AsyncRedis, *, hub_id: str, most: int, lifetime_s: float) -> None:
        self._redis = redis
        self._hub_id = hub_id
        self._most = most
        self._lifetime_ms = int(lifetime_s * 1000)
        self._held: Counter[str] = Counter()
        self._claim = redis.register_script(_CLAIM_LUA)

    async def claim(self, subject: str) -> bool:
        """Count one more socket of the subject; False (and not counted) when there are enough."""
        self._held[subject] += 1
        allowed = False
        try:
            allowed = await self._write(subject, most=self._most)
        finally:
            if not allowed:
                self._forget(subject)
        return allowed

    async def release(self, subject: str) -> None:
        """One socket of the subject has gone."""
        self._forget(subject)
        if subject in self._held:
            await self._write(subject, most=_NO_LIMIT)
        else:
            await self._redis.hdel(_key(subject), self._hub_id)

    async def renew(self) -> None:
        """Keep this hub's counts alive; call it well within their lifetime."""
        for subject in list(self._held):
            await self._write(subject, most=_NO_LIMIT)

    def _forget(self, subject: str) -> None:
        self._held[subject] -= 1
        if self._held[subject] <= 0:
            del self._held[subject]

    async def _write(self, subject: str, *, most: int) -> bool:
        args: list[str | int] = [self._hub_id, self._held[subject], self._lifetime_ms, most]
        return bool(await self._claim(keys=[_key(subject)], args=args))


def _key(subject: str) -> str:
    return f"fleet:live:connections:{subject}"
