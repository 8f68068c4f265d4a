import { describe, expect, it } from 'vitest'
import { toLines, type LineSource } from '../../../web/conversation/lines/lines.ts'
import type { Outgoing, OwnChange } from '../../../web/wire/outgoing.ts'
import { ann, message, notice } from './said.ts'

const own = (seq: number) => message(seq, { user: ann })
const going = (cid: string, changes: Partial<Outgoing> = {}): Outgoing => ({
  cid,
  room: '7',
  user: ann.id,
  place: 1,
  text: `words ${cid}`,
  at: 99_000,
  state: 'waiting',
  ...changes,
})
const lines = (source: Partial<LineSource>) =>
  toLines({ messages: [], acked: [], outgoing: [], me: ann, archivedUpTo: undefined, openedAt: 0, ...source })
const standings = (source: Partial<LineSource>) =>
  lines(source).map((line) => (line.kind === 'message' ? line.standing : 'notice'))

describe('lines', () => {
  it('show history by its numbers, and then what is being sent', () => {
    const shown = lines({ messages: [message(1), notice(2)], outgoing: [going('a'), going('b')] })
    expect(shown.map(({ key, seq }) => [key, seq])).toEqual([
      ['cid-1', 1],
      ['2', 2],
      ['a', undefined],
      ['b', undefined],
    ])
  })

  it('distinguish own messages from those of others', () => {
    expect(lines({ messages: [message(1), own(2)], outgoing: [going('a')] }).map((line) => line.own)).toEqual(
      [false, true, true],
    )
  })
})

describe('an own message', () => {
  it('is one line, under one key, from sending to archived', () => {
    const sending = lines({ outgoing: [going('cid-5')] })
    const acked = lines({ outgoing: [going('cid-5')], acked: [own(5)] })
    const logged = lines({ outgoing: [going('cid-5')], acked: [own(5)], messages: [own(5)] })
    const archived = lines({ messages: [own(5)], archivedUpTo: 5 })
    const all = [sending, acked, logged, archived]
    expect(all.map((shown) => shown.map(({ key }) => key))).toEqual(all.map(() => ['cid-5']))
    expect(all.flatMap((shown) => shown.map((line) => line.kind === 'message' && line.standing))).toEqual([
      'sending',
      'logged',
      'logged',
      'archived',
    ])
  })

  it('that failed says why', () => {
    const [line] = lines({ outgoing: [going('a', { state: 'failed', refusal: { code: 'not_allowed' } })] })
    expect(line).toMatchObject({ standing: 'failed', refusal: { code: 'not_allowed' }, seq: undefined })
  })

  it('shows that it is archived only while it is the newest own one', () => {
    const messages = [own(1), message(2), own(3), message(4)]
    expect(standings({ messages, archivedUpTo: 4 })).toEqual([undefined, undefined, 'archived', undefined])
  })

  it('shows that it is in the log until it is archived, however many there are', () => {
    expect(standings({ messages: [own(1), own(2), own(3)], archivedUpTo: 1, openedAt: 3 })).toEqual([
      undefined,
      'logged',
      'logged',
    ])
  })

  it('from before the room was opened shows nothing while its state is unknown', () => {
    expect(standings({ messages: [own(1), own(2)], openedAt: 1 })).toEqual([undefined, 'logged'])
  })

  it('that is acknowledged under an old number is not shown below newer ones', () => {
    expect(lines({ messages: [message(8), message(9)], acked: [own(3)] }).map(({ seq }) => seq)).toEqual([
      8, 9,
    ])
  })

  it('does not redraw the lines of others', () => {
    const messages = [message(1), own(2)]
    const before = lines({ messages, archivedUpTo: 1 })
    const after = lines({ messages: [...messages, message(3)], archivedUpTo: 2 })
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
  })
})

const changing = (change: OwnChange, more: Partial<Outgoing> = {}): Outgoing =>
  ({ cid: 'c', room: '7', user: ann.id, place: 1, at: 99_000, state: 'waiting', change, ...more }) as Outgoing

describe('an own change', () => {
  const [edit, remove]: OwnChange[] = [
    { type: 'edit', seq: 1, text: 'better' },
    { type: 'delete', seq: 1 },
  ]
  const thumb: OwnChange = { type: 'react', seq: 1, emoji: '👍', on: true }

  it('is shown at once, as being sent', () => {
    expect(lines({ messages: [own(1)], outgoing: [changing(edit as OwnChange)] })).toMatchObject([
      { text: 'better', editedAt: 99_000, changing: true },
    ])
    expect(lines({ messages: [own(1)], outgoing: [changing(remove as OwnChange)] })).toMatchObject([
      { text: '', deletedAt: 99_000 },
    ])
    const [line] = lines({ messages: [message(1)], outgoing: [changing(thumb)] })
    expect(line).toMatchObject({ reactions: [{ emoji: '👍', users: [{ id: ann.id }] }], changing: false })
  })

  it('is shown between its acknowledgement and its entry, and once when the entry is here', () => {
    const fields = { room: '7', seq: 9, target: 1, cid: 'c', user: ann, at: 50 }
    const made = { ...fields, type: 'reacted', emoji: '👍', on: true } as const
    const acked = lines({ messages: [message(1)], changed: [made] })
    const reactions = [{ emoji: '👍', users: [{ ...ann, seq: 9 }] }]
    const told = lines({ messages: [message(1, { updatedSeq: 9, reactions })], changed: [made] })
    expect(acked).toMatchObject([{ reactions }])
    expect(told).toMatchObject([{ reactions }])
  })

  it('withdrawn before it is answered leaves nothing', () => {
    const outgoing = [changing(thumb), changing({ ...thumb, on: false }, { cid: 'd', place: 2 })]
    expect(lines({ messages: [message(1)], outgoing })).toMatchObject([{ reactions: [] }])
  })

  it('that was refused changes nothing, and its text is kept', () => {
    const refusal = { code: 'message_deleted' } as const
    const outgoing = [changing(edit as OwnChange, { state: 'failed', refusal })]
    expect(lines({ messages: [own(1)], outgoing })).toMatchObject([
      { text: 'words 1', changing: false, failedEdit: { cid: 'c', refusal } },
    ])
  })
})
