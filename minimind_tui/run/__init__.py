"""Starting, watching and stopping experiments; their log and what it says."""
