// Under which name passkeys are made and used: the one under which the browser has reached this Brook. Pure.
import { isIP } from 'node:net'

/** As WebAuthn has it: a passkey belongs to the name `id`, and is good on a page of one of these origins alone. */
export interface RelyingParty {
  id: string
  origins: string[]
}

/**
 * `host`: as a request names it, perhaps with a port; refuseForeignHosts has let it through, so it is ours. Undefined: no browser
 * makes a passkey for an IP address. Without TLS it does so for localhost alone.
 */
export function relyingPartyOf(
  host: string,
  { publicUrl }: { publicUrl: URL | undefined },
): RelyingParty | undefined {
  if (!URL.canParse(`https://${host}`)) return undefined
  const { hostname, origin } = new URL(`https://${host}`)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return undefined
  const origins = new Set([origin])
  if (hostname === 'localhost' || hostname.endsWith('.localhost'))
    origins.add(new URL(`http://${host}`).origin)
  // A proxy may pass the name on without its port.
  if (publicUrl?.protocol === 'https:' && publicUrl.hostname === hostname) origins.add(publicUrl.origin)
  return { id: hostname, origins: [...origins] }
}
