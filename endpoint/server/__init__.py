"""The server: its processes, from the command to the last one ended."""
