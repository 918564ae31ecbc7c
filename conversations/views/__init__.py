"""Pages of conversations and of their imports."""
