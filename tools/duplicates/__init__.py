"""Build the pairs that the model of `dedupe` is trained on."""
