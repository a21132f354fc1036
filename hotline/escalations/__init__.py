"""The duty to bring a case to a protection station, until a person closes it."""
