-- The words of the search table, folded, without those that are numbers.
SELECT term FROM temp.word WHERE term GLOB '*[^0-9]*';
