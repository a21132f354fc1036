"""The same engine on a simulated floor, and the formula beside it."""
