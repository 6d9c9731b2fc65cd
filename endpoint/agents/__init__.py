"""Agents: the data over the Model Context Protocol, for assistants and other programs with a language model."""
