"""How many, how long, how soon: the rules of work in the field as data. Pure."""

from datetime import timedelta

MOST_FILES = 30  # of one escalation, at a time
TAKE_BACK_WITHIN = timedelta(minutes=10)  # whoever added a file may take it away so long
SAME_LOOK_FOR = timedelta(minutes=10)  # within it, it is still the same look at a file
KEPT_FOR = timedelta(days=3 * 366)  # three years at least, as what is provided to others
CASE_LOOKED_AT_EVERY = timedelta(days=1)  # its files are kept as long as it is open
SWEPT_EVERY = timedelta(hours=1)

TAKEN_WITHIN = timedelta(minutes=30)  # then supervisors are shown that nobody took a shift over
