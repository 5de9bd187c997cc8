"""The recipe of the demo student: a tiny model trained here, from a seed, on generated lessons.

Order of reading: tokenizer, lessons (what it is shown), network, train, examine, export.
"""
