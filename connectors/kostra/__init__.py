"""KOSTRA reports of fixed width: 11CF (kvalifiseringsstønad) and 11F (økonomisk sosialhjelp)."""
