"""Where rows come from: one module per kind of source, each landing a `Spool` in a batch folder."""
