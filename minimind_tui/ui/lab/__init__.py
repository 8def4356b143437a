"""The lab: one experiment, its parameters, its run, its plots and its findings."""
