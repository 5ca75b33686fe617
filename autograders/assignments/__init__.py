"""The assignments, one folder each: what is asked, on which cases, and how learners get it wrong."""
