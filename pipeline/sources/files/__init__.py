"""Files: opened, decoded, unpacked and, where a parser may fail, read in a child process."""
