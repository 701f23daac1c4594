"""E-licences. In: decided cases. Kept: licences, their versions and every change of state. Out: sealed papers, credentials, answers to whoever checks one."""
