"""Made-up exports with planted facts. Synthetic people only."""
