// How often one person may ask, for routes with a rate of their own.
import { Refused } from './answer.ts'
import type { RateLimiter, SharedRateLimiter } from './rate-limiter.ts'

/** @throws Refused */
export async function requireRate(
  rate: Pick<RateLimiter | SharedRateLimiter, 'take'>,
  person: string,
): Promise<void> {
  const waitMs = await rate.take(person)
  if (waitMs > 0) throw new Refused({ code: 'too_many', retryAfterMs: waitMs })
}
