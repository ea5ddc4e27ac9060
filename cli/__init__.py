"""The front door: options, one call, output."""
