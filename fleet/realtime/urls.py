from django.urls import path

from fleet.realtime.views import live_stats

urlpatterns = [path("live/stats.json", live_stats, name="live-stats")]
