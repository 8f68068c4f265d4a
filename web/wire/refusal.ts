// What the browser is refused, as a value: the server's own table, and one word for a server that does not answer.
import { errors, type ErrorCode, type Refusal as ServerRefusal } from '../../server/protocol/errors.ts'

/** `unreachable`: no answer, or one that is not Brook's (a proxy's error page, a captive portal). */
export type RefusalCode = ErrorCode | 'unreachable'

/** A refusal by the server or by the way to it. `retryAfterMs` says after how long trying again can help. */
export interface Refusal extends Omit<ServerRefusal, 'code'> {
  code: RefusalCode
}

/** Tells a refusal from any answer of the API; no answer of Brook has a field named `code`. */
export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'string'

/** Can the very same request succeed later? */
export const mayRetry = (code: RefusalCode): boolean => code === 'unreachable' || errors[code].retry
