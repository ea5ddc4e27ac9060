"""How the process is drawn: what is on the map, where it stands, how its lines run, and the picture itself."""
