"""What the commands of `hotline.cli` do. Loaded by the command that runs, and no other."""
