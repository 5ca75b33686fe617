"""What comes in: rosters, due dates, archives of learning platforms; from them `submitted/`."""
