"""The event log, every measure on it, and what they mean together."""
