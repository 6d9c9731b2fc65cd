-- The words of the search table, folded, and in how many practices each occurs.
SELECT term, doc FROM temp.word;
