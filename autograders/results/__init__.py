"""What comes out: feedback pages, marks for learning platforms, the class report."""
