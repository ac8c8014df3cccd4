"""The demonstration: seeds and a few articles of our own through a real pipeline."""
