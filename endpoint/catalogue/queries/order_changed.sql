SELECT position FROM practice ORDER BY changed DESC, position;
