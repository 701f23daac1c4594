"""Room: who is who. In: logins, tokens, roles as content. Kept: accounts, appointments, delegations, API clients. Out: a `Who` for every request."""
