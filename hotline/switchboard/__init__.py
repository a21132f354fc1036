"""The live floor: feeds routing, turns its decisions into offers and dialled legs."""
