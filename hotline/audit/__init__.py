"""What supervisors did, to be looked at and undone. See README.md."""
