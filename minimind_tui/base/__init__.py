"""What every other package may import: files, folders, languages, errors. It imports none of them."""
