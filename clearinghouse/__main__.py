"""`python -m clearinghouse`: the command line."""

from clearinghouse.cli import main

if __name__ == "__main__":
    main()
