"""Is what a month shows more than the usual variation, and does it call for somebody? Pure: numbers in, verdicts out."""
