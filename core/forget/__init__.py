"""Forget this: out of every room, with a receipt, and a search of all bytes that proves it or says where it stands."""
