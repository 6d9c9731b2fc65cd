-- The numbers of the versions of a release, by its number or by what it says of itself.
SELECT number, first, last FROM release WHERE version = :version ORDER BY number DESC LIMIT 1;
