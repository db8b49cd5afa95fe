"""`python -m psoas_nudge` is the same as `psoas-nudge`."""

from psoas_nudge.cli import main

if __name__ == "__main__":
    main()
