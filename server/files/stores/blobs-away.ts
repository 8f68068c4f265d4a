// An object store that does not answer, or refuses, is away: for now, or until somebody mends its setting.
import { Refused } from '../../answer.ts'
import type { Refusal } from '../../protocol/errors.ts'

/** Nothing is lost, and asking again later can help. Its message is for the operator: no key, no secret, no query. */
export class BlobsAway extends Refused {
  override name = 'BlobsAway'

  constructor(why: string) {
    super({ code: 'files_away', retryAfterMs: 5_000 })
    this.message = why
  }
}

/** The answer, or that files cannot be reached now. */
export async function unlessBlobsAway<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BlobsAway) return error.refusal
    throw error
  }
}
