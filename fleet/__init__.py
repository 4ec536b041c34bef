"""The project and what every app shares.

`settings`, `urls`, `asgi`, `wsgi`, `celery` compose the system and may import any app. The
packages beside them (`accounts`, `realtime`, `api`, `observability`) are the shared floor: they
import no domain app.
"""
