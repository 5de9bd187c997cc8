"""The student: one loaded GGUF in a child process, one llama.cpp context per variant and slot.

Read in this order: `records` (what crosses the pipe), `client` (the server's side), `__main__` (the child),
`scheduler` (the one thread that calls llama.cpp), `generate`, `context`, `model`. Only the child imports `llama`.
"""
