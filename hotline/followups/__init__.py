"""Calls after a call of high risk: agreed to, due at set intervals, tried, and never forgotten."""
