"""The scene of a story: carrier, house, people, and a clock that the test moves."""
