"""How great a caller's risk is: levels, instruments that find one, and who may change it."""
