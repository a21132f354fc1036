"""Quality of counselling, and care of staff: reviews, supervision, certificates, satisfaction."""
