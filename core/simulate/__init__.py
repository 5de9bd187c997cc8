"""The simulated world and its demo student: facts nobody has seen, and a small model that reads them."""
