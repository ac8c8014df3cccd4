"""The tag stage: a unique article in, the same article with the entities it names out."""
