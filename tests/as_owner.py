"""Loaded before the settings (pytest's -p): the test database is made by the schema's owner.

`tests.conftest.django_db_setup` then steps down to the application role for every test.
"""

import os

os.environ["DATABASE_AS_OWNER"] = "1"
