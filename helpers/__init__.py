"""What the notebooks of this course import: data, checking, plots, sound. No solution of an exercise is in here."""
