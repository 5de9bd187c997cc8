"""The desktop app. Never loads torch, llama.cpp or transformers: those run in children of `core`."""
