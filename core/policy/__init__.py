"""What is decided before an answer is made: query classes (later prompts, routing, context)."""
