"""Commands that are more than a line in `hotline.cli`."""
