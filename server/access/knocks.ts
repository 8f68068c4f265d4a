// Whoever is not in asks at the door only so often: each question reads MySQL.
import type { preHandlerAsyncHookHandler } from 'fastify'
import { refuse } from '../answer.ts'
import { rates } from '../protocol/rates.ts'
import { addressKey, RateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'

/** A preHandler, for all such routes together. `isTrusted`: an address that shares no rate. */
export function knocks(
  isTrusted: (address: string) => boolean,
  rateLimits?: RateLimiterOptions,
): preHandlerAsyncHookHandler {
  const limiter = new RateLimiter(rates.knock, rateLimits)
  return async (request, reply) => {
    if (request.session !== undefined || isTrusted(request.ip)) return undefined
    const wait = limiter.take(addressKey(request.ip))
    return wait > 0 ? refuse(reply, { code: 'too_many', retryAfterMs: wait }) : undefined
  }
}
