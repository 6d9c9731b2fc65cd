-- The positions of all practices, the latest changed first; four bytes each.
SELECT positions FROM ordered WHERE name = 'changed';
