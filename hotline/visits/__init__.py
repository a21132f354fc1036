"""Colours and visits: the grade of a case by civil affairs, and who goes to see the child."""
