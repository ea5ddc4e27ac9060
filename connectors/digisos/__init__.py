"""Digisos: the vendor-neutral event format in which case systems tell Nav what happens to an application for social assistance."""
