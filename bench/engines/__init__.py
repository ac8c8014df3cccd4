"""The same stage functions on the same topics by this pipeline and by its peers, side by side."""
