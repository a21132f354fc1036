"""People are reminded of what they are planned for, once, without a word of what it is."""
