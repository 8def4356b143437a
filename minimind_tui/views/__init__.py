"""What the screen and the command line share: from a run to what is shown of it. No Textual here."""
