-- The posts an account holds or stands in for on a day, and what their roles may do.
-- A delegation counts while its holder still holds the post and may still sign in.
SELECT post.code, role.may
FROM (
    SELECT own.post_id
    FROM identity_appointment AS own
    WHERE own.account_id = %(account)s AND own.since <= %(day)s AND (own.until IS NULL OR own.until >= %(day)s)
    UNION
    SELECT lent.post_id
    FROM identity_delegation AS lent
    JOIN identity_appointment AS held
        ON held.account_id = lent.holder_id AND held.post_id = lent.post_id
        AND held.since <= %(day)s AND (held.until IS NULL OR held.until >= %(day)s)
    JOIN identity_account AS holder ON holder.id = lent.holder_id AND holder.is_active
    WHERE lent.deputy_id = %(account)s AND lent.since <= %(day)s AND lent.until >= %(day)s
) AS now_held
JOIN org_post AS post ON post.code = now_held.post_id AND post.in_use
LEFT JOIN identity_role AS role ON role.code = post.role
ORDER BY post.code
