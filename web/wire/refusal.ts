// Refusals in the browser, as values: the server's own table, and a code for a server that does not answer.
import { errors, type ErrorCode, type Refusal as ServerRefusal } from '../../server/protocol/errors.ts'

/** `unreachable`: no answer, or one that is not Brook's (a proxy's error page, a captive portal). */
export type RefusalCode = ErrorCode | 'unreachable'

/** A refusal by the server or by the network. `retryAfterMs`: after how long a retry can help. */
export interface Refusal extends Omit<ServerRefusal, 'code'> {
  code: RefusalCode
}

/** Distinguishes a refusal from any answer of the API; no answer of Brook has a field named `code`. */
export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'string'

/** Can the same request succeed later? */
export const mayRetry = (code: RefusalCode): boolean => code === 'unreachable' || errors[code].retry
