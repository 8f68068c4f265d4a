// Log lines about requests that seem to come from another site: the usual cause is a proxy that does not pass the name on.
import type { FastifyRequest } from 'fastify'
import { RateLimiter } from './rate-limiter.ts'

/** A line a minute for each pair of names. */
const lines = new RateLimiter(
  { per: 1, everyMs: 60_000, burst: 1 },
  // Whole milliseconds: a bucket of one token bears no rounding.
  { maxKeys: 1_000, now: () => Math.floor(performance.now()) },
)

/** Names both hosts: that of the page, and that under which the server was asked, as a trusted proxy or the request says. */
export function warnOfSite(
  request: Pick<FastifyRequest, 'headers' | 'host' | 'ip' | 'log'>,
  words: string,
): void {
  const { headers, host, ip: address } = request
  const origin = headers.origin ?? 'none'
  if (lines.take(`${origin} ${host}`) > 0) return
  request.log.warn(
    { origin, host, hostHeader: headers.host, forwardedHost: headers['x-forwarded-host'], address },
    words,
  )
}
