"""Words: what callers hear (prompts) and what staff read (catalogue)."""
