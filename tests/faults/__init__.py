"""Disks that fail and processes that die. `make test` runs a slice, `make faults` all of it: FAULTS=all."""
