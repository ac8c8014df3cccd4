"""Score the stages against labeled sets. Reads the sets; imports stages, writes no topic."""
