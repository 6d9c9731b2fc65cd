SELECT position FROM practice ORDER BY modified DESC, position;
