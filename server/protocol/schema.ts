// Small schemas that commands and HTTP share. Closed objects: a field nobody knows is refused, never carried on.
import { Type, type TProperties, type TSchema } from 'typebox'
import { cidPattern } from './cid.ts'
import { limits } from './limits.ts'

/** An object with these fields and no other. */
export const Closed = <Fields extends TProperties>(fields: Fields) =>
  Type.Object(fields, { additionalProperties: false })

/** A number as the wire shows rooms and people: decimal text, for MySQL's numbers outgrow JavaScript's. */
export const Id = Type.String({ pattern: '^[1-9][0-9]{0,18}$', examples: ['7'] })
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, examples: [48120] })
export const Cid = Type.String({ pattern: cidPattern, description: 'UUIDv7, made by the client' })
/** Longer than messageBytes is refused by its bytes, with a better word than "wrong form". */
export const Text = Type.String({ maxLength: limits.frameBytes })
/** More than one emoji takes; whether it is one is asked with a better word (see emoji.ts). */
export const Emoji = Type.String({ minLength: 1, maxLength: 64, examples: ['👍'] })
export const Time = Type.Integer({ description: 'milliseconds since 1970, UTC' })
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
