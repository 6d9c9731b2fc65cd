"""Citations: how to cite a practice, in words and as files for reference managers."""
