"""What people may ask of what is kept about them, and what is deleted when its time is over."""
