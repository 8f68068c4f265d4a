// Everything that one person had said in the room is deleted, from a number up to another, by one entry; or such an entry is
// undone. Until it is undone no reader sees those messages; what they said is in the archive for a day (server/erasing), so
// that it can be. Or everything that anybody had said, because it is older than the room keeps messages: that is for good.
import type { SpokenMessage } from '../http.ts'
import type { Person } from '../people.ts'
import { emptied } from './deleted.ts'
import { changeOf, type Change, type ChangeKind, type RawBody } from './kind.ts'

export interface ErasedEvent extends Change {
  type: 'erased'
  /** Always `manyMessages`. */
  target: number
  /** Whose messages; absent: everybody's, because they are old. `user` is who deleted them. */
  person?: Person
  /** Numbers, both inclusive. In a draft `to` is 0: up to the entry itself. */
  from: number
  to: number
  /** The number of the entry that does not count any more. Absent: this one deletes. */
  undoes?: number
  /** After how many days messages are deleted here. Absent: they are not deleted because they are old. */
  days?: number
}

/** The target of a change that is about no single message. */
export const manyMessages = 0

export const erased: ChangeKind<ErasedEvent> = {
  makes: 'change',
  // The words are hidden, and taken out of the archive a day later.
  words: 'kept',
  parse(common, body) {
    const change = changeOf('erased', common, { target: common.seq })
    const { person, from, to, undoes, days } = body
    if (typeof change === 'string') return change
    if (!isNumber(from) || !isNumber(to) || (undoes !== undefined && !isNumber(undoes))) return 'bad numbers'
    const last = to > 0 ? to : (undoes ?? common.seq) - 1
    const whole = { ...change, target: manyMessages, from, to: last }
    if (person === undefined && isNumber(days) && undoes === undefined) return { ...whole, days }
    if (!isPerson(person) || days !== undefined) return 'nobody whose messages they are'
    const { id, name } = person
    return { ...whole, person: { id, name }, ...(undoes === undefined ? {} : { undoes }) }
  },
  fold(message, { at, undoes, days }) {
    if (undoes !== undefined) return message
    return days === undefined ? emptied(message, at) : { ...emptied(message, at), expired: days }
  },
}

/** Whether an entry deletes this message, or restores it. */
export const covers = (
  { person, from, to }: Pick<ErasedEvent, 'person' | 'from' | 'to'>,
  { seq, user }: Pick<SpokenMessage, 'seq' | 'user'>,
): boolean => seq >= from && seq <= to && (person === undefined || user.id === person.id)

/** Those that hold, in their order: what was undone and what undid it are left out. */
export function holding<Of extends Pick<ErasedEvent, 'seq' | 'undoes'>>(erasures: readonly Of[]): Of[] {
  const undone = new Set(erasures.map(({ undoes }) => undoes))
  return erasures.filter(({ seq, undoes }) => undoes === undefined && !undone.has(seq))
}

/**
 * What these delete between two numbers, both exclusive, in as few pieces as may be: a room that deletes what is old has an entry
 * for every few hundred messages.
 */
export function piecesBetween(
  erasures: readonly Pick<ErasedEvent, 'person' | 'from' | 'to'>[],
  { after, before }: { after: number; before: number },
): Pick<ErasedEvent, 'person' | 'from' | 'to'>[] {
  const pieces: Pick<ErasedEvent, 'person' | 'from' | 'to'>[] = []
  const last = new Map<string | undefined, (typeof pieces)[number]>()
  for (const { person, from, to } of erasures.toSorted((a, b) => a.from - b.from)) {
    if (to <= after || from >= before) continue
    const open = last.get(person?.id)
    if (open !== undefined && from <= open.to + 1) open.to = Math.max(open.to, to)
    else {
      const piece = { ...(person && { person }), from, to }
      pieces.push(piece)
      last.set(person?.id, piece)
    }
  }
  return pieces
}

const isNumber = (raw: unknown): raw is number => Number.isSafeInteger(raw) && Number(raw) >= 0

function isPerson(raw: unknown): raw is Person {
  if (typeof raw !== 'object' || raw === null) return false
  const { id, name } = raw as RawBody
  return typeof id === 'string' && typeof name === 'string'
}
