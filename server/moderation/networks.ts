// Addresses and ranges of them, as bans name them: 203.0.113.7, 203.0.113.0/24, 2001:db8::/48.
import { BlockList, isIP } from 'node:net'
import { limits } from '../protocol/limits.ts'

/** An address as it is compared: an IPv4 address inside IPv6, as itself; without a zone. */
const bareOf = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** One form for each range, with its bits; undefined: it is none, or is larger than limits.bans.bits allows. */
export function cleanNetwork(raw: string): string | undefined {
  const [given = '', bitsGiven, more] = raw.trim().split('/')
  const address = bareOf(given)
  const family = isIP(address)
  if (family === 0 || more !== undefined) return undefined
  const most = family === 4 ? 32 : 128
  const bits = bitsGiven === undefined ? most : Number(bitsGiven)
  if (bitsGiven !== undefined && !/^\d{1,3}$/.test(bitsGiven)) return undefined
  if (bits > most || bits < (family === 4 ? limits.bans.bits.v4 : limits.bans.bits.v6)) return undefined
  const bare = address.toLowerCase()
  return bits === most ? bare : `${bare}/${bits}`
}

/** Whether an address is in one of these ranges, which are clean; each of them is checked in turn. */
export class Networks {
  readonly #all: readonly { network: string; list: BlockList }[]

  constructor(networks: readonly string[]) {
    this.#all = networks.map((network) => {
      const [address = '', bits] = network.split('/')
      const list = new BlockList()
      if (bits === undefined) list.addAddress(address, familyOf(address))
      else list.addSubnet(address, Number(bits), familyOf(address))
      return { network, list }
    })
  }

  /** The ranges that hold an address. */
  holding(address: string): string[] {
    const bare = bareOf(address)
    if (isIP(bare) === 0) return []
    return this.#all.flatMap(({ network, list }) => (list.check(bare, familyOf(bare)) ? [network] : []))
  }
}
