"""A Twilio-compatible carrier on loopback. It knows the wire, not what stands behind it."""
