"""The API of sampling plans and draws."""
