"""The whole product on one machine: broker, worker with its clock, and web server as one family of processes."""
