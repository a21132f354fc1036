"""What the law asks the house to report: to whom, by when, and what they answered."""
