import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PageAnswer } from '../../../server/protocol/http.ts'
import {
  fromPage,
  newestOf,
  withNews,
  withEntries,
  withNewer,
  withOlder,
  type Window,
} from '../../../web/conversation/pages/window.ts'
import { bob, message, numbers } from './said.ts'

const page = (from: number, to: number, more: Partial<PageAnswer> = {}): PageAnswer => ({
  messages: numbers(from, to).map((seq) => message(seq)),
  hasBefore: from > 1,
  hasAfter: false,
  upTo: to,
  ...more,
})
const seqs = ({ messages }: Window) => messages.map(({ seq }) => seq)

describe('a window on history', () => {
  it('includes what came live while its page was loading', () => {
    expect(seqs(fromPage(page(5, 8), [{ messages: [message(8), message(9)], changes: [] }]))).toEqual([
      5, 6, 7, 8, 9,
    ])
  })

  it('does not include what lies before it: in between there would be a hole', () => {
    expect(seqs(withEntries(page(5, 8), [message(3), message(9)]))).toEqual([5, 6, 7, 8, 9])
    expect(seqs(withEntries(page(2, 3, { hasBefore: false }), [message(1)]))).toEqual([1, 2, 3])
  })

  it('that does not reach the end includes nothing that comes there', () => {
    expect(seqs(withEntries(page(5, 8, { hasAfter: true }), [message(9)]))).toEqual([5, 6, 7, 8])
  })

  it('changes its messages, to the later of two states', () => {
    const edited = message(6, { text: 'edited', updatedSeq: 20 })
    const changed = withEntries(withEntries(page(5, 8), [edited]), [message(6)])
    expect(changed.messages[1]).toEqual(edited)
  })

  it('applies changes of its messages, and of those that come with the same event', () => {
    const change = { room: '7', cid: 'c', user: bob, at: 0 }
    const window = withNews(page(5, 8), {
      messages: [message(9)],
      changes: [
        { ...change, type: 'edited', seq: 10, target: 6, text: 'edited' },
        { ...change, type: 'deleted', seq: 11, target: 9 },
        { ...change, type: 'deleted', seq: 12, target: 3 },
      ],
    })
    expect(seqs(window)).toEqual([5, 6, 7, 8, 9])
    expect(window.messages[1]).toMatchObject({ text: 'edited', updatedSeq: 10 })
    expect(window.messages[4]).toMatchObject({ text: '', deletedAt: 0 })
  })

  it('grows by pages on both sides', () => {
    const both = withNewer(withOlder(page(5, 8, { hasAfter: true }), page(1, 4)), page(9, 9))
    expect(seqs(both)).toEqual(numbers(1, 9))
    expect([both.hasBefore, both.hasAfter]).toEqual([false, false])
  })

  it('stays in order and without duplicates, whatever comes', () => {
    const come = fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }))
    fc.assert(
      fc.property(come, (frames) => {
        const window = frames.reduce<Window>(
          (grown, frame) =>
            withEntries(
              grown,
              frame.map((seq) => message(seq)),
            ),
          page(10, 20),
        )
        const expected = new Set([...numbers(10, 20), ...frames.flat().filter((seq) => seq >= 10)])
        expect(seqs(window)).toEqual([...expected].sort((a, b) => a - b))
      }),
    )
  })

  it('that nobody looks at keeps its newest part, and says that there is more', () => {
    const rested = newestOf(page(1, 9), 3)
    expect(seqs(rested)).toEqual([7, 8, 9])
    expect(rested.hasBefore).toBe(true)
    expect(newestOf(page(1, 3), 3).hasBefore).toBe(false)
  })
})
