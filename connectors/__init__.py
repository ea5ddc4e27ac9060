"""One case system or file format each: an export in, an event log out."""
