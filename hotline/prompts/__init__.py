"""Prompts that somebody spoke, for languages and lines where no machine's voice will do."""
