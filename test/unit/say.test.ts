// A message becomes a draft, or a refusal.
import { describe, expect, test } from 'vitest'
import type { Appended, Draft } from '../../server/log/entry.ts'
import { Tail } from '../../server/log/tail.ts'
import { Say } from '../../server/posting/say.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Refusal } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import { ann } from '../support/entries.ts'

function sayWith({
  head = 10,
  answer = { seq: 11, at: 5_000 },
}: { head?: number; answer?: Appended | Refusal } = {}) {
  const drafts: Draft[] = []
  const tail = new Tail({ ms: 0, n: 0 }, new Map([['7', { seq: head, at: 1 }]]))
  const say = new Say({
    log: {
      append: async (draft) => {
        drafts.push(draft)
        return answer
      },
      tail: () => tail,
    },
    history: { find: async () => undefined, findChange: async () => undefined },
    mentions: { of: async () => [] },
    threads: { replied: () => undefined },
  })
  return { drafts, say }
}
const by = { person: ann, admin: false }
const words = (text: string, replyTo?: number) => ({
  room: '7',
  cid: newCid(),
  text,
  ...(replyTo === undefined ? {} : { replyTo }),
})

describe('posting', () => {
  test("makes a draft of it, with its author and place, and returns the log's answer", async () => {
    const { drafts, say } = sayWith()
    const said = words('hi', 10)
    expect(await say.say(by, said)).toEqual({ seq: 11, at: 5_000 })
    expect(drafts).toEqual([
      { room: '7', user: ann, cid: said.cid, body: { type: 'message', text: 'hi', replyTo: 10 } },
    ])
  })

  test('without a message to reply to, has no replyTo at all', async () => {
    const { drafts, say } = sayWith()
    await say.say(by, words('hi'))
    expect(drafts[0]?.body).toStrictEqual({ type: 'message', text: 'hi' })
  })

  test('passes on what the log refuses', async () => {
    const refusal: Refusal = { code: 'overloaded', retryAfterMs: 2_000 }
    expect(await sayWith({ answer: refusal }).say.say(by, words('hi'))).toEqual(refusal)
  })

  test.each([
    ['nothing but spaces', words(' \n\t '), 'empty_message'],
    ['too many bytes', words('长'.repeat(limits.messageBytes / 3 + 1)), 'message_too_long'],
    ['a NUL', words('a\0b'), 'bad_text'],
    ['half an emoji', words('a\ud83d'), 'bad_text'],
    ['an answer to what is not there yet', words('hi', 11), 'bad_reply'],
    ['an answer to number 0', words('hi', 0), 'bad_reply'],
    ['an answer in a room where nothing was said', { ...words('hi', 1), room: '8' }, 'bad_reply'],
  ])('%s is refused before the log is asked', async (_what, said, code) => {
    const { drafts, say } = sayWith()
    expect(await say.say(by, said)).toEqual({ code })
    expect(drafts).toEqual([])
  })

  test.each([1, 10])('a reply to number %i of 10 is accepted', async (replyTo) => {
    expect(await sayWith().say.say(by, words('hi', replyTo))).toEqual({ seq: 11, at: 5_000 })
  })
})
