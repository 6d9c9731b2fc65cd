"""Recognition: the rows of one practice become a Practice with typed values, and findings for what is doubtful."""

from pipeline.recognition.practice_reader import Recognised, recognise

__all__ = ["Recognised", "recognise"]
