"""Noark 5 extractions: folders, documents and changes of a public archive as steps of cases."""
