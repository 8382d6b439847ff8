"""Says so when the port that Plumbline is to listen on is taken.   usage: port.py HOST PORT"""

import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError:
        sys.exit(f"Port {port} is in use: stop what listens there, or start with `make run PORT={port + 1}`.")
