"""The development stack: private PostgreSQL and Redis, and the processes of `make run`.

Purpose: everything that the Makefile's targets do after bootstrap.sh has installed what they need.
Public surface: `postgres.PrivatePostgres` and `redis_server.PrivateRedis` (tests that stop and kill
servers start their own with them) and `cli.main`. It imports neither Django nor the project: it
only starts their commands, so it still works, and explains itself, when the project does not.
"""
