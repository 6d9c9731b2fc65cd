SELECT max(position) FROM practice;
