-- Every facet value that the list is filtered by, and the years in which practices began and ended, with the
-- practices of each; see pipeline/release/contents/facet_bits.py.
SELECT facet, value, marks FROM bits WHERE facet <> 'city';
