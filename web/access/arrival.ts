// How somebody has come to Brook: by its address, by an invite, or by a link whose code is behind the #.
export type Arrival = { by: 'address' } | { by: 'invite' | HashLink; code: string }
/**
 * The link of the owner, or one that resets a password; and where somebody comes from the identity provider: with an error, with a
 * second factor still to come, or with an account that may be theirs; a request to join, or the form for one; and a code that
 * another screen shows; and what is asked for by mail, or a mailed link. The form of the directory has the code of an invite in its query.
 * Each is a page, signed in or not.
 */
export type HashLink = 'owner' | 'reset' | 'oidc' | 'ldap' | 'second' | 'choose' | 'ask' | 'device' | 'mail'

type Place = Pick<Location, 'pathname' | 'hash'> & { search?: string }

export function arrivalOf({ pathname, hash, search = '' }: Place): Arrival {
  const [, invite] = /^\/join\/([\w-]{1,64})\/?$/.exec(pathname) ?? []
  if (invite !== undefined) return { by: 'invite', code: invite }
  if (pathname === '/ldap') return { by: 'ldap', code: search.slice('?invite='.length) }
  const [, by, code] =
    /^\/(owner|reset|oidc|second|choose|ask|device|mail)#([\w-]{1,64})$/.exec(pathname + hash) ?? []
  return code === undefined ? { by: 'address' } : { by: by as HashLink, code }
}

export const isHashLink = ({ by }: Arrival): boolean => by !== 'address' && by !== 'invite'
