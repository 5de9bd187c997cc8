"""The chat: conversations, messages, the composer, and what is said of an answer."""
