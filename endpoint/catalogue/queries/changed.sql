-- Since when a list of practices is as it is; see pipeline/release/contents/change_dates.py.
SELECT max(since) FROM changed
WHERE (facet = :facet AND value = :value) OR (facet = '' AND value = 'base' AND :value <> 'began');
