"""The texts of the template, one file a language."""
