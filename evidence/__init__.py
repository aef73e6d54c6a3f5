"""Proves: packs that a stranger can verify, and reports."""
