"""Protection stations: who of them is rung at which moment, which one answers for a place."""
