"""Floor: landing, navigation and cross-room dashboards, one room per kind of visitor."""
