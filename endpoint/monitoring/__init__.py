"""Monitoring: metrics, the access log and the memory of a process."""
