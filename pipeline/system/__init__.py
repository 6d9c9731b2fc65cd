"""The system: child processes and their limits, configuration, progress, the clock."""
