"""Text messages in and out: neutral words, by consent, by day."""
