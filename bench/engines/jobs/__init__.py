"""One file per engine: how its user would run the four stage functions, as well as possible."""
