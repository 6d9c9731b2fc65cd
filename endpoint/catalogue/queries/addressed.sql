-- The practices with an identifier or address, those merged into others included.
SELECT practice.position FROM address JOIN practice USING (slug) WHERE address.key = :key
UNION
SELECT position FROM practice WHERE slug = :slug
UNION
SELECT practice.position FROM gone JOIN practice ON practice.slug = gone.replaced_by WHERE gone.slug = :slug;
