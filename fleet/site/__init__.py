"""The page shell every app's pages stand in: home, static files, the admin site."""
