"""The service over HTTP: thin over the gate, the engine and the stores. docs/architecture.md says how a route is
written."""
