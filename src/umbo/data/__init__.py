"""Which numbers, from whom? Tables, sources, views and bundled studies."""
