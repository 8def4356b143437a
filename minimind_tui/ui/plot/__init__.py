"""Plots in the terminal: plotext draws the dots, the widgets here keep them still, small and readable."""
