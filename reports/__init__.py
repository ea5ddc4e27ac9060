"""Findings as text, figures and tables on one page."""
