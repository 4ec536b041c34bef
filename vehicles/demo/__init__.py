"""The demo organization: a mixed fleet of 60 vehicles with drivers, groups and trackers."""
