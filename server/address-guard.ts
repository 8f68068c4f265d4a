// Which addresses this server may ask something of, such as a webhook or a page that is linked: only the public internet, unless a
// setting allows more. The name is resolved here and the connection uses the address that was checked, so the name cannot resolve to
// another one a moment later.
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'

/** Not public, according to the IANA special-purpose registries (RFC 6890 and later). */
const nonPublic = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8] as const,
  ['10.0.0.0', 8] as const,
  ['100.64.0.0', 10] as const,
  ['127.0.0.0', 8] as const,
  ['169.254.0.0', 16] as const,
  ['172.16.0.0', 12] as const,
  ['192.0.0.0', 24] as const,
  ['192.0.2.0', 24] as const,
  ['192.168.0.0', 16] as const,
  ['198.18.0.0', 15] as const,
  ['198.51.100.0', 24] as const,
  ['203.0.113.0', 24] as const,
  ['224.0.0.0', 3] as const,
])
  nonPublic.addSubnet(net, bits, 'ipv4')
/** Public IPv6 begins with 001; within it, tunnels and translations can reach any IPv4 address, and some are not hosts. */
const publicV6 = new BlockList()
publicV6.addSubnet('2000::', 3, 'ipv6')
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  nonPublic.addSubnet(net, bits, 'ipv6')

export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (!isIPv6(bare)) return isIP(bare) === 4 && !nonPublic.check(bare, 'ipv4')
  return publicV6.check(bare, 'ipv6') && !nonPublic.check(bare, 'ipv6')
}

/** Why a URL may not be called, before its name is resolved; undefined: it may. */
export function refuseUrl(url: URL, mayBePrivate: boolean): 'bad_url' | 'private_url' | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'bad_url'
  if (url.username !== '' || url.password !== '' || url.hostname === '') return 'bad_url'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (mayBePrivate) return undefined
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : 'private_url'
  return /(^|\.)(localhost|local|internal)\.?$/i.test(host) ? 'private_url' : undefined
}

export class PrivateAddress extends Error {
  override name = 'PrivateAddress'
}

type Answer = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** For http.request's `lookup`: if one address is not public, the name is refused. */
export function publicLookup(host: string, options: LookupOptions, answer: Answer): void {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return answer(error, [])
    const first = addresses[0]
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return answer(new PrivateAddress(`${host} is not a public address`), [])
    return options.all === true ? answer(null, addresses) : answer(null, first.address, first.family)
  })
}
