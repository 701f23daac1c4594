"""The governed call. In: a service, a key, a purpose, a case. Kept: grants, calls, meters. Out: granted columns and a receipt."""
