"""`python -m clearinghouse.sample --port 8101`: the sample federation alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys

from clearinghouse.sample.federation import PORT, Federation


def main(arguments: list[str] | None = None) -> int:
    """Serve the sample nodes until interrupted; 1 where the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m clearinghouse.sample", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="port on loopback (default: %(default)s)")
    federation = Federation(parser.parse_args(arguments).port)
    try:
        federation.start()
    except OSError as error:
        sys.stderr.write(f"{federation.base_url} cannot be used: {error.strerror}\n")
        return 1
    try:
        sys.stdout.write(f"Sample federation at {federation.base_url}/ - Ctrl-C ends it\n")
        for source in federation.sources():
            sys.stdout.write(f"  {source.id:8} {source.protocol:8} {source.base_url}\n")
        sys.stdout.flush()
        federation.wait()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        federation.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
