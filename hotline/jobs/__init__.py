"""Wakes for the workers over rq. A job carries ids only and means: look at this row."""
