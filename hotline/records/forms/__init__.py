"""The forms of records: what is asked, when, and what an answer may be. Files, checked and kept."""
