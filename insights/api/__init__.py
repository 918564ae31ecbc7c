"""The API of the reports and of what needs a person."""
