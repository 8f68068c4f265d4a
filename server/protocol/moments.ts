// Where in a room a time is, how much was said when, and a room's export. Shapes of HTTP.
import { Type, type Static } from 'typebox'
import { Closed, Nullable, Seq, Time } from './schema.ts'

export const MomentQuery = Closed({ time: Time })
/** The first message at or after the time; nulls when all are older. */
export const MomentAnswer = Closed({ seq: Nullable(Seq), at: Nullable(Time), head: Seq })

/** `zone`: whose days and months, an IANA name. `month`: its days instead of all months. */
export const DensityQuery = Closed({
  zone: Type.Optional(Type.String({ maxLength: 64 })),
  month: Type.Optional(Type.String({ pattern: '^[12][0-9]{3}-(0[1-9]|1[0-2])$' })),
})
/** `count`: the numbers between the first message from `start` on, which is `seq`, and that of the next part. */
export const DensityAnswer = Closed({
  parts: Type.Array(Closed({ start: Type.Integer(), seq: Seq, count: Type.Integer() })),
  head: Seq,
})

const format = ['md', 'html', 'jsonl'] as const
export const ExportQuery = Closed({
  format: Type.Optional(Type.Union(format.map((name) => Type.Literal(name)))),
  from: Type.Optional(Seq),
  to: Type.Optional(Seq),
  /** Whose clock the times are told by. */
  zone: Type.Optional(Type.String({ maxLength: 64 })),
})
export type ExportFormat = (typeof format)[number]
export type MomentAnswer = Static<typeof MomentAnswer>
export type DensityAnswer = Static<typeof DensityAnswer>
