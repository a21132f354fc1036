"""Somebody who watches whether promises are kept, and rings people past everything else."""
