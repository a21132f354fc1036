"""A Twilio-compatible carrier on loopback. It knows the wire, not the house."""
