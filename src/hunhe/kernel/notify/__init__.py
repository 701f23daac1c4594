"""In-app notices. In: what rooms have to say to an account, a subject or a department. Kept: who has read it. Out: the bell."""
