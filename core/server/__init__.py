"""The loopback API: OpenAI's shapes over the one path of a request; the only writer of the index."""
