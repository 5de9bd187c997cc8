"""A real private desktop for tests, benches and screenshots; and hands to use it with."""
