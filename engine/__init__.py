"""The engine decides: numbers in, verdicts out. No I/O, no clock, no YAML, no sockets."""
