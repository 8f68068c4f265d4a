import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { useQuotes } from '../../../web/conversation/pages/quotes.ts'
import { ann, message } from './said.ts'

/** The server holds its answers until `answers` is called. */
function room(said: SpokenMessage) {
  let answer: () => void = () => undefined
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url)
    const page = { messages: [said], hasBefore: true, hasAfter: true, upTo: said.updatedSeq }
    return new Promise<Response>((resolve) => (answer = () => resolve(Response.json(page))))
  })
  const quotes = useQuotes('7')
  const answers = async () => {
    answer()
    await vi.waitFor(() => expect(quotes.find(said.seq)).toBeDefined())
  }
  return { quotes, asked, answers }
}
const change = { room: '7', target: 3, cid: 'c', user: ann, at: 5 }
const edited = { ...change, type: 'edited', seq: 20, text: 'better' } as const
const deleted = { ...change, type: 'deleted', seq: 21 } as const

afterEach(() => vi.unstubAllGlobals())

describe('a quote of a message that is not in memory', () => {
  it('is read once, however often it is drawn', async () => {
    const { quotes, asked, answers } = room(message(3))
    void quotes.look(3)
    void quotes.look(3)
    await answers()
    void quotes.look(3)
    expect(asked).toHaveLength(1)
    expect(quotes.find(3)).toMatchObject({ text: 'words 3' })
  })

  it('shows later changes, and those made while it is read', async () => {
    const { quotes, answers } = room(message(3))
    void quotes.look(3)
    quotes.hear({ messages: [], changes: [edited] })
    await answers()
    expect(quotes.find(3)).toMatchObject({ text: 'better' })
    quotes.hear({ messages: [], changes: [deleted] })
    expect(quotes.find(3)).toMatchObject({ text: '', deletedAt: 5 })
  })

  it('does not go back to an older state', async () => {
    const { quotes, answers } = room(message(3, { updatedSeq: 30, text: 'newest' }))
    void quotes.look(3)
    await answers()
    quotes.hear({ messages: [message(3)], changes: [edited] })
    expect(quotes.find(3)).toMatchObject({ text: 'newest' })
  })

  it('is forgotten when the room starts again, even one that is loading', async () => {
    const { quotes, answers, asked } = room(message(3))
    void quotes.look(3)
    quotes.forget()
    void quotes.look(3)
    await answers()
    expect(asked).toHaveLength(2)
  })
})
