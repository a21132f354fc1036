"""Who works when: planned shifts, leave and swaps, and the proof that no hour is left alone."""
