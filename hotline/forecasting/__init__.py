"""How many callers will come, how many counselors they need, and what another roster would do."""
