"""The day's path of one request: classify, bundle, generate, validate, escalate, record."""
