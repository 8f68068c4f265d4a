// Who may read the metrics of a process: this machine, and whoever has METRICS_TOKEN. They tell how many people talk, and when.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import { bearerOf, tokenHash } from './account/token.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** What a proxy adds: behind one on this machine, everybody comes from this machine. */
const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** `address`: of the other end of the connection. `token`: METRICS_TOKEN; undefined: nobody from elsewhere may. */
export function mayReadMetrics(
  { address, headers }: { address: string | undefined; headers: IncomingHttpHeaders },
  token: string | undefined,
): boolean {
  if (isLoopback(address) && !forwarded.some((name) => headers[name] !== undefined)) return true
  const given = bearerOf({ headers })
  return token !== undefined && given !== undefined && timingSafeEqual(tokenHash(given), tokenHash(token))
}
