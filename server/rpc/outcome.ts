// The outcome of a call: an answer, or a failure with a code. Both are values; only our own bugs are thrown.
import { limits } from '../protocol/limits.ts'

export type Outcome<Data = unknown> = { data: Data } | { error: Failure }

/** `code`: one of `failures`, or the worker's own. */
export interface Failure {
  code: string
  message: string
}

/** How a call ends without an answer of its worker. */
export const failures = {
  timeout: 'No answer arrived in time; it is not known whether the call ran.',
  no_worker: 'No process serves this right now.',
  cancelled: 'The call was cancelled.',
  busy: 'Too many calls are waiting for this already.',
  too_large: 'The parameters or the answer are too large.',
  unavailable: 'Redis cannot be reached; the call was not sent.',
  lost: 'Redis has lost the call; it is not known whether it ran.',
  failed: 'The worker failed; its own log says why.',
  bad_id: 'This id belongs to a call of another function.',
} as const

export type FailureCode = keyof typeof failures

export const failure = (code: FailureCode): { error: Failure } => ({
  error: { code, message: failures[code] },
})

/** An outcome as it is sent; one that is too large becomes the failure that says so. */
export function carried(outcome: Outcome): string {
  const text = JSON.stringify('error' in outcome ? outcome : { data: outcome.data ?? null })
  return Buffer.byteLength(text) <= limits.calls.answerBytes ? text : JSON.stringify(failure('too_large'))
}
