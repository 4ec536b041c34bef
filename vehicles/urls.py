from django.urls import path

from vehicles import views

urlpatterns = [
    path("live/", views.live, name="live"),
    path("live/vehicles.json", views.live_vehicles, name="live_vehicles"),
    path("live/vehicles/<int:vehicle_id>.json", views.live_vehicle, name="live_vehicle"),
    path("live/vehicles/<int:vehicle_id>/track.json", views.live_track, name="live_track"),
]
