"""The live map's socket."""

from fleet.realtime.consumer import LiveConsumer
from vehicles.live import VehicleLive


class LivePositionsConsumer(LiveConsumer):
    """Live positions of the caller's organization."""

    source = VehicleLive()
