"""A child in danger: who was told, who answers for it, until a person closes the escalation."""
