"""`python -m minimind_tui` is the command."""

import sys

from minimind_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
