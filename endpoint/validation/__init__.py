"""The validation service: what a build would find in files that are sent, and nothing is published or kept."""

from endpoint.validation.validation_routes import Checking, blueprint

__all__ = ["Checking", "blueprint"]
