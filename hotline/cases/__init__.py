"""Cases: what continues beyond one call or one alarm."""
