"""The peer of the hub: an ordinary Channels consumer, each a member of a channel-layer group."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

GROUP = "bench.plain"


class PlainConsumer(AsyncWebsocketConsumer):
    """Receives each frame from the channel layer by itself, and sends it."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def plain_frame(self, message: dict[str, str]) -> None:
        await self.send(text_data=message["text"])


application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": PlainConsumer.as_asgi()}
)
