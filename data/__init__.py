"""Corpora: the embedded TinyTales and the files a learner adds."""
