-- The practices at some positions, and when each was changed.
SELECT slug, changed FROM practice WHERE position > :after AND position <= :upto ORDER BY position;
