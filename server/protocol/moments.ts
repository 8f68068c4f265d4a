// Finding times in a room, the number of messages over time, and exporting a room. Shapes of HTTP.
import { Type, type Static } from 'typebox'
import { Closed, Nullable, Seq, SeqQuery, Time, Zone } from './schema.ts'

export const MomentQuery = Closed({ time: Time })
/** The first message at or after the time; nulls if all are older. */
export const MomentAnswer = Closed({ seq: Nullable(Seq), at: Nullable(Time), head: Seq })

/** `zone`: the IANA time zone of the days and months. `month`: its days instead of all months. */
export const DensityQuery = Closed({
  zone: Zone,
  month: Type.Optional(
    Type.String({
      pattern: '^[12][0-9]{3}-(0[1-9]|1[0-2])$',
      description: 'a month, of which the days are told; without it, all months',
    }),
  ),
})
/** `count`: the numbers between the first message from `start` on, which is `seq`, and that of the next part. */
export const DensityAnswer = Closed({
  parts: Type.Array(Closed({ start: Type.Integer(), seq: Seq, count: Type.Integer() })),
  head: Seq,
})

const format = ['md', 'html', 'jsonl'] as const
export const ExportQuery = Closed({
  format: Type.Optional(
    Type.Union(
      format.map((name) => Type.Literal(name)),
      { default: 'md', description: 'the form of the file' },
    ),
  ),
  from: SeqQuery('the first number; without it, 1'),
  to: SeqQuery('the last number; without it, the newest'),
  zone: Zone,
  files: Type.Optional(
    Type.Literal('1', {
      description: 'with the files of the messages, as a zip; without it, the text alone',
    }),
  ),
})
export type ExportFormat = (typeof format)[number]
export type MomentAnswer = Static<typeof MomentAnswer>
export type DensityAnswer = Static<typeof DensityAnswer>
