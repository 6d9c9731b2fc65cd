-- Since when a practice is as it is; see pipeline/release/contents/change_dates.py.
SELECT max(changed) FROM practice WHERE slug = :slug;
