"""``streams why``: the trace of an article through all topics."""
