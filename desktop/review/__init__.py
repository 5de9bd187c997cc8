"""The review window: what waits for a person's word, with its diff, evidence and gate figures."""
