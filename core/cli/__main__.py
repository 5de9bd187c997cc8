"""`python -m core.cli` is `nightschool`."""

from core.cli.main import main

if __name__ == "__main__":
    main()
