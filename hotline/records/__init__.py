"""The record that a counselor writes of a contact."""
