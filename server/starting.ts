// What a server needs while it starts: retries while MySQL is down, and the address to print.
import type { AddressInfo } from 'node:net'
import { isMysqlAway } from './db.ts'

/** MySQL may go down between two queries of the start; that is no reason to exit. */
export async function insist<T>(
  ask: () => Promise<T>,
  onError: (error: unknown, where: string) => void,
): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isMysqlAway(error)) throw error
      onError(error, 'starting')
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

/** As a person opens it: `http://localhost:3000`. `host`: what was asked for; `bound`: what the server listens on. */
export function addressOf(bound: string | AddressInfo | null, host: string): string {
  const port = typeof bound === 'object' ? bound?.port : undefined
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${port ?? 0}`
}
