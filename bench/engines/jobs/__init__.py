"""One file an engine: how a user of it would run the four stage functions, as well as it allows."""
