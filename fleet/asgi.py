"""Everything on one ASGI server: ingest doors, pages and APIs, WebSockets.

The ingest gateway stands in front of Django: its requests meet no middleware.
"""

import gc
import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")
django_application = get_asgi_application()

# Django must be set up before anything that imports models.
from vehicles.ingest.gateway import IngestGateway  # noqa: E402
from vehicles.routing import websocket_application  # noqa: E402

# What is loaded by now stays. Looking through it for garbage again and again would hold up
# requests; and a request's own objects are few enough to look at in larger lots.
gc.freeze()
gc.set_threshold(20_000, 20, 20)

application = IngestGateway(
    ProtocolTypeRouter({"http": django_application, "websocket": websocket_application})
)
