"""What leaves the machine, and the record of it."""
