"""The grading side: what each exercise must do, and how it is judged. Learners do not need it."""
