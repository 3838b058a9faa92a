"""The story map: what is asked of it, what stands where, how it looks on a page and on a poster."""
