// How often one address may ask, for what needs no session: in front of everything else.
import type { onRequestAsyncHookHandler } from 'fastify'
import { refuse } from './answer.ts'
import type { Rate } from './protocol/rates.ts'
import { addressKey, RateLimiter, type RateLimiterOptions } from './rate-limiter.ts'

/** An onRequest hook. All routes that it is given to share the rate. */
export function paceAddresses(rate: Rate, rateLimits?: RateLimiterOptions): onRequestAsyncHookHandler {
  const limiter = new RateLimiter(rate, rateLimits)
  return async ({ ip }, reply) => {
    const waitMs = limiter.take(addressKey(ip))
    return waitMs > 0 ? refuse(reply, { code: 'too_many', retryAfterMs: waitMs }) : undefined
  }
}
