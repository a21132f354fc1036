"""The same engine on a simulated floor, and the formulas beside it."""
