// How somebody has come to Brook: by its address, by an invite, or by the link of its owner.
export type Arrival = { by: 'address' } | { by: 'invite' | 'owner'; code: string }

export function arrivalOf({ pathname, hash }: Pick<Location, 'pathname' | 'hash'>): Arrival {
  const [, invite] = /^\/join\/([\w-]{1,64})\/?$/.exec(pathname) ?? []
  if (invite !== undefined) return { by: 'invite', code: invite }
  const [, owner] = pathname === '/owner' ? (/^#([\w-]{1,64})$/.exec(hash) ?? []) : []
  return owner === undefined ? { by: 'address' } : { by: 'owner', code: owner }
}
