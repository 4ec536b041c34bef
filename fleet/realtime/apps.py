from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "fleet.realtime"
    label = "realtime"
