"""Who is who: accounts, appointments, API clients and roles. In: logins and tokens. Out: a `Who` for every request."""
