# Two commands: `make run` and `make test`. Everything else is below them; all of it is idempotent.
# PORT, HOST, STATE_DIR, DATABASE_URL, REDIS_URL: see the table in README.md. ARGS go to pytest.
SHELL := /bin/bash
BOOTSTRAP := @deploy/scripts/bootstrap.sh
DEV := @exec .venv/bin/python deploy/scripts/dev.py
# The variable as it was given, as one word for the shell.
quoted = $(if $(value $(1)),'$(subst ','\'',$(value $(1)))')

.PHONY: help run test check bench screenshots manage clean-state setup

help:
	@echo 'make run           install what is missing, then serve a demo fleet on http://127.0.0.1:8000'
	@echo 'make test          the test suite, then the browser tests    (ARGS="tests/deploy -x")'
	@echo 'make check         linters, types, import contracts, migrations'
	@echo 'make bench         the benchmarks, to build/bench.json'
	@echo 'make manage        a management command                      (cmd="createsuperuser")'
	@echo 'make screenshots   the pictures of the README'
	@echo 'make clean-state   forget the private database'
	@echo 'make setup         only install'

setup:
	$(BOOTSTRAP) --browser

run:
	$(BOOTSTRAP)
	$(DEV) run

test:
	$(BOOTSTRAP) --browser
	$(DEV) test $(call quoted,ARGS)

check:
	$(BOOTSTRAP)
	$(DEV) check

bench:
	$(BOOTSTRAP)
	$(DEV) bench $(call quoted,ARGS)

screenshots:
	$(BOOTSTRAP) --browser
	$(DEV) screenshots $(call quoted,ARGS)

manage:
	$(BOOTSTRAP)
	$(DEV) manage $(call quoted,cmd)

clean-state:
	$(BOOTSTRAP)
	$(DEV) clean-state
