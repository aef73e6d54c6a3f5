"""The rule language: model, strict reading, lint, compile to the engine's tables, explain, diff."""
