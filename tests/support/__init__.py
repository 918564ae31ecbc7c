"""What the tests need around them: a machine's programs, a broker, a worker, a PostgreSQL, a browser."""
