"""A program that starts both servers, says who they are, and waits for its end."""

import sys
from pathlib import Path

from hotline.onemachine import embedded

with embedded(Path(sys.argv[1]), durable=False) as servers:
    sys.stdout.write(f"{servers.postgres.pid} {servers.valkey.pid}\n")
    sys.stdout.flush()
    sys.stdin.read()
