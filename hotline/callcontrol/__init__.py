"""Who is in a talk, and how they come and go: participants < offers < talks, dialler, sweep."""
