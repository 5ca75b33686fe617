"""The data that the course ships, as a package, so that an installed course has them, too (see README.md)."""
