"""The outlines of the world's countries: fetched and put into the package when it is made, never committed."""
