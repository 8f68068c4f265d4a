import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '../../../server/protocol/limits.ts'
import type { Row } from '../../../web/conversation/lines/line.ts'
import { notesOf, useNotes, withNotes } from '../../../web/conversation/lines/notes.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const bot = { id: '9', name: 'dice', bot: true as const }

function open(isLive = true) {
  const told: { cid: string; name: string; args: string }[] = []
  const scope = effectScope()
  const notes = scope.run(() =>
    useNotes({
      room: '7',
      tell: (command) => (isLive ? told.push(command) > 0 : false),
      newest: () => 12,
    }),
  )
  if (notes === undefined) throw new Error('no scope')
  const states = () => notes.notes.value.map(({ state, code }) => code ?? state)
  return { ...notes, told, states, cid: () => told.at(-1)?.cid ?? '' }
}
const note = (cid: string, more = {}) => ({
  type: 'note' as const,
  room: '7',
  cid,
  text: 'hi',
  at: 1,
  ...more,
})

describe('a command', () => {
  it('waits for its answer, which replaces it', () => {
    const one = open()
    expect(one.ask('hint', 'now')).toBe(true)
    expect(one.told).toMatchObject([{ type: 'command', room: '7', name: 'hint', args: 'now' }])
    expect(one.states()).toEqual(['asking'])
    one.hear(note(one.cid(), { user: bot }))
    one.hear(note(one.cid(), { user: bot }))
    expect(one.notes.value).toMatchObject([{ state: 'said', text: 'hi', user: bot, name: 'hint', below: 12 }])
  })

  it.each([
    [
      'a refusal',
      (one: ReturnType<typeof open>) =>
        one.answered({ type: 'answered', room: '7', cid: one.cid(), refusal: { code: 'too_many' } }),
    ],
    ['wrong words', (one: ReturnType<typeof open>) => one.hear(note(one.cid(), { failed: true }))],
    [
      'an unknown command',
      (one: ReturnType<typeof open>) => one.hear(note(one.cid(), { code: 'unknown_command' })),
    ],
    ['no answer', () => vi.advanceTimersByTime(limits.commands.timeoutMs + 5_000)],
  ])('that failed is given back once, and stands in its note: %s', (_, fail) => {
    const one = open()
    let given = 0
    one.ask('poll', 'alone?', () => (given += 1))
    fail(one)
    fail(one)
    expect([given, one.notes.value[0]]).toMatchObject([1, { state: 'failed', name: 'poll', args: 'alone?' }])
  })

  it('that was answered gives nothing back', () => {
    const one = open()
    let given = 0
    one.ask('roll', '', () => (given += 1))
    one.hear(note(one.cid(), { user: bot }))
    one.hear(note(one.cid(), { code: 'command_failed' }))
    expect(given).toBe(0)
  })

  it('that the bot answers in the room leaves nothing behind', () => {
    const one = open()
    one.ask('roll', '')
    one.answered({ type: 'answered', room: '7', cid: one.cid() })
    expect(one.states()).toEqual([])
  })

  it('that was asked in a thread is answered there and not in the room', () => {
    const one = open()
    one.ask('hint', '', undefined, 5)
    expect(one.told).toMatchObject([{ type: 'command', thread: 5 }])
    one.hear(note(one.cid(), { thread: 5 }))
    expect(notesOf(one.notes.value)).toEqual([])
    expect(notesOf(one.notes.value, 5)).toMatchObject([{ state: 'said', text: 'hi' }])
    expect(notesOf(one.notes.value, 6)).toEqual([])
  })

  it('that is refused, unknown or late says so, and can be dismissed', () => {
    const one = open()
    one.ask('roll', '')
    one.answered({ type: 'answered', room: '7', cid: one.cid(), refusal: { code: 'too_many' } })
    expect(one.notes.value).toMatchObject([{ state: 'failed', refusal: { code: 'too_many' } }])
    one.ask('nonsense', '')
    one.hear(note(one.cid(), { code: 'unknown_command' }))
    one.ask('slow', '')
    vi.advanceTimersByTime(limits.commands.timeoutMs + 5_000)
    expect(one.states()).toEqual(['failed', 'unknown_command', 'command_timeout'])
    one.notes.value.forEach(({ key }) => one.dismiss(key))
    expect(one.states()).toEqual([])
  })

  it('without a connection is not sent, nor kept for later', () => {
    const one = open(false)
    expect([one.ask('roll', ''), one.states()]).toEqual([false, []])
  })
})

describe('notes among the rows', () => {
  const line = (seq: number) =>
    ({ kind: 'line', key: String(seq), head: true, line: { seq } }) as unknown as Row
  const at = (below: number, key = `n${below}`) => ({ key, below, at: 0, state: 'said' as const })
  const keys = (rows: Row[]) => rows.map(({ key }) => key).join(' ')

  it('are each below the message that was the newest at the time, in the order they came', () => {
    const rows = [line(1), line(2), line(3)]
    expect(keys(withNotes(rows, [at(2, 'a'), at(2, 'b'), at(3, 'c')], false))).toBe(
      '1 2 note a note b 3 note c',
    )
    expect(keys(withNotes([], [at(0, 'a')], false))).toBe('note a')
  })

  it('are not shown at the end of a window that does not reach them', () => {
    expect(keys(withNotes([line(1), line(2)], [at(1), at(9)], true))).toBe('1 note n1 2')
  })
})
