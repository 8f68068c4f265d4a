// What an administrator sets of the rates of signing up and in: SIGN_UP_LIMIT, SIGN_IN_LIMIT and TRUSTED_NETS.
import { BlockList, isIP } from 'node:net'
import type { Rate } from '../protocol/rates.ts'

/** Undefined: as in protocol/rates. */
export interface EntryLimits {
  /** New accounts from one address in an hour. */
  signUps?: number | undefined
  /** Wrong passwords from one address in fifteen minutes. */
  signInFailures?: number | undefined
  /** Addresses and networks, separated by commas, that share no rate. */
  trustedNets?: string
}

/** The same window with another number. */
export const withBurst = (rate: Rate, burst = rate.burst): Rate => ({ ...rate, burst, per: burst })

/** Whether an address is in one of these networks. */
export function trusts(networks: string): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks.split(',').filter((part) => part !== '')) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
    return isIP(bare) !== 0 && list.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')
  }
}
