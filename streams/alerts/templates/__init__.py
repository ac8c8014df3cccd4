"""Templates of alert messages: rendering in a sandbox, filters, validation. Pure."""
