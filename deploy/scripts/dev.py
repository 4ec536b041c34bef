"""Entry of the Makefile's targets: `dev.py run | test | check | manage ... | bench | ...`."""

import sys

from devstack.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
