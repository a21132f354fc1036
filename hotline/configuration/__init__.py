"""Lines, numbers, flows, stations and staff from files: read, checked, compared, applied."""
