"""A lesson on the screen: wrapped for Chinese and English, formulas drawn, code shown."""
