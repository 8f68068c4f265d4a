// Who is a guest, for the queries that show it.

/** SQL, of somebody `u`: they came with only a name. People of an import have no password either, until they claim an account. */
export const isGuest = `(u.password_hash IS NULL AND u.is_provided = 0 AND u.is_bot = 0
  AND NOT EXISTS (SELECT 1 FROM imported i WHERE i.kind = 'person' AND i.id = u.id))`
