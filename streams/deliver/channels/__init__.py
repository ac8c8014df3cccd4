"""One module per channel that an alert can be sent to. May reach that channel only."""
