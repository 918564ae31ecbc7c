"""The planner: what precision a quota gives, what a precision needs, and what both cost."""
