"""What is known of callers beyond one call, and what is done about them. See README.md."""
