"""`python -m cadencia`."""

import sys

from cadencia.cli import main

if __name__ == "__main__":
    sys.exit(main())
