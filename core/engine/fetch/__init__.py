"""Fetches students from a model hub: the listing, the transfer, the proof that a file is whole, its place."""
