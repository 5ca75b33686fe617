"""What maintainers run: the full comparison of networks, and the tables and figures made from it."""
