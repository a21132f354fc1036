"""Messages: what callers said to the recorder when nobody could talk to them."""
