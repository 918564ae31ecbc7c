"""Tables with a header: CSV and its kin, one row a message or one row a conversation."""
