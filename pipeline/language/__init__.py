"""Language: comparing texts, language tags, slugs, and which language a text is in."""
