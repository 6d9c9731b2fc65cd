"""Assets: the map and the query editor, built by npm when the package is made."""
