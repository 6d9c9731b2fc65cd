"""The vocabulary of intercultural good practices, as files to be read with importlib.resources."""
