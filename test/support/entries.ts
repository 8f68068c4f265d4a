// Entries as the log would give them, for tests that need no log.
import type { Entry } from '../../server/log/entry.ts'
import type { Notice } from '../../server/protocol/events.ts'
import type { Mention } from '../../server/protocol/message.ts'
import type { Person } from '../../server/protocol/people.ts'

export const ann: Person = { id: '1', name: 'Ann' }
export const bob: Person = { id: '2', name: 'Bob' }

const cidOf = (seq: number): string => `0190a1b2-c3d4-7e5f-8a6b-${seq.toString(16).padStart(12, '0')}`

interface Facts {
  room?: string
  user?: Person
  text?: string
  mentions?: Mention[] | undefined
  /** Its position in the stream; by default it grows with the number. */
  ms?: number
  thread?: number
  alsoInRoom?: true
}

export function message(
  seq: number,
  { room = '7', user = ann, text = `words ${seq}`, mentions, ms = 1_000 + seq, ...thread }: Facts = {},
): Entry {
  const cid = cidOf(seq)
  const named = mentions === undefined ? {} : { mentions }
  const event = { type: 'message', room, seq, cid, user, text, at: ms, ...named, ...thread } as const
  return { id: { ms, n: 0 }, room, seq, cid, event }
}

type ChangeBody =
  | { type: 'edited'; target: number; text: string; mentions?: Mention[] }
  | { type: 'deleted'; target: number }
  | { type: 'reacted'; target: number; emoji: string; on: boolean }
  | { type: 'pinned'; target: number; on: boolean }
  | {
      type: 'erased'
      target: number
      person?: Person
      from: number
      to: number
      undoes?: number
      days?: number
    }

/** A change of the message numbered `target`. */
export function change(
  seq: number,
  body: ChangeBody,
  { room = '7', user = ann, ms = 1_000 + seq }: Facts = {},
): Entry {
  const cid = cidOf(seq)
  return { id: { ms, n: 0 }, room, seq, cid, event: { room, seq, cid, user, at: ms, ...body } }
}

export function notice(
  seq: number,
  what: Notice,
  { room = '7', user = ann, ms = 1_000 + seq }: Facts = {},
): Entry {
  const cid = cidOf(seq)
  return {
    id: { ms, n: 0 },
    room,
    seq,
    cid,
    event: { type: 'notice', room, seq, user, at: ms, notice: what },
  }
}
