"""What supervisors do on the floor: with callers, lines and people. See README.md."""
