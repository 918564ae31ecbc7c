"""What coaching reads."""
