"""Chats of other programs, each format read by a module of its own, become traces that wait for one review."""
