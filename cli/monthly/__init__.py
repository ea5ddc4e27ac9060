"""The monthly check: an unattended run over a folder with its settings, a history, and pages. Knows no click."""
