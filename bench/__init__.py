"""Side-by-side measurements: every figure is a ratio of things measured in turns in one run."""
