"""The call center: everything that does I/O. The pure parts are `routing` and `ivr`."""
