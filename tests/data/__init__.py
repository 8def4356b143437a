"""Tests of the corpora: TinyTales, the files in the cache, and the verb `data`."""
