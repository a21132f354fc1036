"""What a carrier says over the wire, whoever carries the voices: see README.md."""
