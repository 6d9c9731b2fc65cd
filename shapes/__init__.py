"""The SHACL shapes of practice records, as files to be read with importlib.resources."""
