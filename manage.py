#!/usr/bin/env python
"""Runs management commands."""

import os
import sys

# These change the schema, so they connect as its owner; everything else as the application role.
OWNER_COMMANDS = {
    "dbshell", "makemigrations", "manage_partitions", "migrate", "prepare_database",
    "showmigrations", "sqlmigrate", "squashmigrations",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
