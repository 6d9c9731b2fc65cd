"""Recognition: the rows of one practice become a Practice with typed values, and findings for what is doubtful."""

from pipeline.recognition.practice_reader import Recognised, recognise, slug_text_of

__all__ = ["Recognised", "recognise", "slug_text_of"]
