// The fold from entries to what a person reads.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../server/protocol/http.ts'
import { later, toMessage } from '../../server/protocol/timeline.ts'
import { ann, bob, message, notice } from '../support/entries.ts'

describe('what a person reads of an entry', () => {
  test('is the words somebody said', () => {
    const { event, cid } = message(5, { text: 'hi', ms: 9_000 })
    const read = { kind: 'message', seq: 5, updatedSeq: 5, cid, user: ann, text: 'hi', at: 9_000 }
    expect(toMessage(event)).toStrictEqual({ ...read, replyTo: null })
  })

  test('is what was answered, too', () => {
    const { event } = message(5)
    expect(toMessage({ ...event, replyTo: 3 } as typeof event)).toMatchObject({ replyTo: 3 })
  })

  test('is a notice of what happened', () => {
    const { event } = notice(5, { kind: 'added', person: bob }, { ms: 9_000 })
    expect(toMessage(event)).toStrictEqual({
      ...{ kind: 'notice', seq: 5, updatedSeq: 5, user: ann, at: 9_000 },
      notice: { kind: 'added', person: bob },
    })
  })

  test('is nothing where this version does not know its kind', () => {
    expect(toMessage({ type: 'unknown', room: '7', seq: 5, at: 9_000 })).toBeUndefined()
  })
})

describe('of two states of a message', () => {
  const state = (updatedSeq: number, text = `as of ${updatedSeq}`): Message => ({
    ...{
      kind: 'message',
      seq: 5,
      updatedSeq,
      cid: message(5).cid,
      user: ann,
      text,
      at: 9_000,
      replyTo: null,
    },
  })

  test('the later one stands, and the only one where there is one', () => {
    expect(later(undefined, state(5))).toEqual(state(5))
    expect(later(state(5), state(8))).toEqual(state(8))
    expect(later(state(8), state(5))).toEqual(state(8))
  })

  test('neither order nor repetition matters', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5, max: 20 }), { minLength: 1 }), (updates) => {
        const newest = Math.max(...updates)
        const folded = [...updates, ...updates.toReversed()]
          .map((seq) => state(seq))
          .reduce((a, b) => later(a, b))
        expect(folded).toEqual(state(newest))
      }),
    )
  })
})
