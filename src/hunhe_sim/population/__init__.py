"""The fictional people and firms, before any office writes them down."""
