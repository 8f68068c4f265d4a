// What a browser knows of its own votes in anonymous polls: asked for together, and again when it may be wrong.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OwnVotesAnswer, Vote } from '../../../server/protocol/polls.ts'
import { ownVotesOf } from '../../../web/polls/own-votes.ts'
import type { Refusal } from '../../../web/wire/refusal.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const vote = (voter: string, ...choices: number[]): Vote => ({ voter, choices })

/** A server that has these choices, and what it was asked for. */
function serve(choices: Record<string, number[]>) {
  const asked: number[][] = []
  const refused: Refusal[] = []
  const own = ownVotesOf((seqs): Promise<OwnVotesAnswer | Refusal> => {
    asked.push(seqs)
    const refusal = refused.shift()
    if (refusal) return Promise.resolve(refusal)
    const known = seqs.flatMap((seq) => (choices[seq] ? [[String(seq), choices[seq]] as const] : []))
    return Promise.resolve({ votes: Object.fromEntries(known) })
  })
  return { own, asked, refused, choices }
}

test('polls that are drawn together are asked about together, at most 50 in a request', async () => {
  const { own, asked } = serve({ 1: [0], 60: [] })
  for (let seq = 1; seq <= 60; seq += 1) own.sees(seq, [vote('a', 0)])
  expect(own.of(1)).toBeUndefined()
  await vi.advanceTimersByTimeAsync(50)
  expect(asked.map((seqs) => seqs.length)).toEqual([50, 10])
  expect([own.of(1), own.of(60)]).toEqual([[0], []])
})

test('a poll without votes is not asked about, and one that is known not again', async () => {
  const { own, asked } = serve({ 2: [1] })
  own.sees(1, [])
  own.sees(2, [vote('a', 1)])
  await vi.advanceTimersByTimeAsync(50)
  own.sees(2, [vote('a', 1)])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toEqual([[2]])
})

test('votes that may be from another device are asked about once it is quiet; the own click is not', async () => {
  const { own, asked, choices } = serve({ 5: [0] })
  own.sees(5, [vote('a', 0)])
  await vi.advanceTimersByTimeAsync(50)
  own.chose(5, [2])
  own.sees(5, [vote('a', 2)])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(1)

  choices[5] = [1]
  own.sees(5, [vote('a', 1)])
  await vi.advanceTimersByTimeAsync(900)
  own.sees(5, [vote('a', 1), vote('b', 0)])
  await vi.advanceTimersByTimeAsync(900)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(asked).toHaveLength(2)
  expect(own.of(5)).toEqual([1])
})

test('an answer that was asked for before the own click does not undo it', async () => {
  const { own, asked } = serve({ 5: [0] })
  own.sees(5, [vote('a', 0)])
  own.chose(5, [1])
  await vi.advanceTimersByTimeAsync(50)
  expect(asked).toEqual([[5]])
  expect(own.of(5)).toEqual([1])
})

test('who waits for it is told why it cannot be learned, and may ask again', async () => {
  const { own, refused } = serve({ 5: [0] })
  refused.push({ code: 'unreachable' })
  const first = own.whenKnown(5)
  await vi.advanceTimersByTimeAsync(50)
  expect(await first).toEqual({ code: 'unreachable' })
  const second = own.whenKnown(5)
  await vi.advanceTimersByTimeAsync(50)
  expect(await second).toEqual([0])
})

test('after reconnecting, the polls on screen are asked about again', async () => {
  const { own, asked } = serve({ 5: [0], 6: [0] })
  const leave = own.draw(5)
  own.draw(6)
  for (const seq of [5, 6]) own.sees(seq, [vote('a', 0)])
  await vi.advanceTimersByTimeAsync(50)
  leave()
  own.returned()
  await vi.advanceTimersByTimeAsync(2_050)
  expect(asked).toEqual([[5, 6], [6]])
})
