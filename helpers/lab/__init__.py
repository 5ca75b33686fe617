"""Compare recurrent networks."""
