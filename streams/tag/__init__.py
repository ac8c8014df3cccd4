"""The tag stage: find and link the entities that an article names. Pure, except reading its data.

The only stage that reads the knowledge base.
"""
