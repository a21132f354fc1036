"""The telephone company: its signature, its words, its forms and the client that talks to it."""
