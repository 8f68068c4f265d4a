// The body of a message: ONE schema and one value, carried whole from the sender to every reader. Its fields are in
// message-fields.ts; nobody copies them one by one. Trap: the browser must take only types from here, because the
// schemas would pull in typebox.
import type { Static } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { keptFields, sentFields, type Mention as MentionSchema } from './message-fields.ts'
import { Closed, Nullable, Seq, Time } from './schema.ts'

export { sentFields } from './message-fields.ts'

const { at: _at, ...shown } = keptFields

/** What a message shows of its body: two fields are null if the body lacks them. `at` is beside it. */
export const shownFields = { ...shown, replyTo: Nullable(Seq), editedAt: Nullable(Time) }

export const SentBody = Closed(sentFields)
export const MessageBody = Closed(keptFields)
export type Mention = Static<typeof MentionSchema>
export type SentBody = Static<typeof SentBody>
export type MessageBody = Static<typeof MessageBody>

/** The body from an object that may have more, such as a request: only the fields of the schema. */
export function sentBody(said: SentBody): SentBody {
  const body: Record<string, unknown> = {}
  for (const name of sentNames) {
    const value = said[name]
    if (value !== undefined) body[name] = value
  }
  return body as SentBody
}

/**
 * The body as the log keeps it, without its files: what is known of them is looked up (server/files). A meaningless
 * combination, such as "also in the room" without a thread, is dropped when the log is read (keptBody).
 */
export function bodyToKeep(said: SentBody): MessageBody {
  const { files: _ids, ...body } = sentBody(said)
  return body as MessageBody
}

const sentNames = Object.keys(sentFields) as (keyof SentBody)[]

/** Every entry of the log passes through these on every server: only fields that exist are checked. */
const { text: _text, ...optional } = keptFields
const checks: ReadonlyMap<string, Validator> = new Map(
  Object.entries(optional).map(([name, schema]) => [name, Compile(schema)]),
)

/**
 * The body of message `seq` as the log has it, or undefined if it has no text. A malformed field is ignored, because
 * the text is what counts; so is a thread that did not begin before its reply, and any unknown field.
 */
export function keptBody(raw: Readonly<Record<string, unknown>>, seq: number): MessageBody | undefined {
  const { text } = raw
  if (typeof text !== 'string') return undefined
  const body: MessageBody = { text }
  for (const name of Object.keys(raw))
    if (checks.get(name)?.Check(raw[name]) === true) Object.assign(body, { [name]: raw[name] })
  if (body.thread !== undefined && (body.thread < 1 || body.thread >= seq)) delete body.thread
  if (body.thread === undefined && body.alsoInRoom !== undefined) delete body.alsoInRoom
  return body
}
