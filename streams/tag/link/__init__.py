"""Link names to entities of the knowledge base. Pure."""
