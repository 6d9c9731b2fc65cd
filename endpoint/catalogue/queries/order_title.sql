SELECT position FROM practice ORDER BY position;
