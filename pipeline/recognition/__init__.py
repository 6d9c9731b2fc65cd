"""Recognition: the rows of one practice become a Practice with typed values, and findings for what is doubtful."""
