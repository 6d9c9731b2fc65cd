SELECT facet, value, lang, text FROM label ORDER BY facet, value, lang;
