"""The settings window: every control is made from the declarations of core.config, none is drawn by hand."""
