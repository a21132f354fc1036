"""A call that we owe: who is owed it and why, until when, who answers for it, what was tried."""
