"""The pages of teams and their people."""
