"""The quickest way over the network: A* with the time at top speed as the lower bound."""

import heapq
import math

from vehicles.simulation.network import HIGHWAY_MPS, Network


def quickest_way(net: Network, start: int, end: int) -> list[int]:
    """Crossings from `start` to `end`, both included.

    Raises:
        LookupError: no road connects the two.
    """
    x, y = net.x[end], net.y[end]
    cost: dict[int, float] = {start: 0.0}
    before: dict[int, int] = {}
    queue = [(0.0, start)]
    done: set[int] = set()
    while queue:
        _, node = heapq.heappop(queue)
        if node == end:
            way = [end]
            while way[-1] != start:
                way.append(before[way[-1]])
            return way[::-1]
        if node in done:
            continue
        done.add(node)
        for road in net.roads[node]:
            seconds = cost[node] + road.length_m / road.limit_mps
            if seconds < cost.get(road.to, math.inf):
                cost[road.to] = seconds
                before[road.to] = node
                left_m = math.dist((net.x[road.to], net.y[road.to]), (x, y))
                heapq.heappush(queue, (seconds + left_m / HIGHWAY_MPS, road.to))
    raise LookupError(f"No road connects crossings {start} and {end}.")
