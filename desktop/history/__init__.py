"""The history window: nights and sessions with what they changed, and plots of how it goes."""
