"""What officers do in the field: files, shifts that are handed over. Writes go through here."""
