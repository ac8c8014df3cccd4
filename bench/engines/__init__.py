"""Run the same stage functions on the same topics with this pipeline and with its peers."""
