"""The query editor: CodeMirror, built with the package, and what it needs to know about our data."""
