"""From our rows to the router's words: a call's plan, a counselor's signature."""
