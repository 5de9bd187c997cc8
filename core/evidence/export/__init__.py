"""Gold: what may be found again, imitated, preferred or weighed. Every row comes through `firewall` and `proof`."""
