"""What the caller hears and presses. Pure: no clock, no file, no network, no `hotline`."""
