SELECT slug, status, title, since, replaced_by FROM gone WHERE slug = :slug;
