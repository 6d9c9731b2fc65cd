-- The languages whose stems the index has; no row where a release was built before it had any.
SELECT value FROM meta WHERE key = 'languages';
