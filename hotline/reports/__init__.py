"""What a supervisor answers for with figures: facts, figures, small cells, reports, warnings."""
