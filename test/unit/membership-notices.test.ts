// Telling a room: once, with one cid, and without undoing what has changed.
import { expect, test } from 'vitest'
import type { Append, Draft } from '../../server/log/entry.ts'
import { tell, type Happening } from '../../server/membership/notices.ts'
import { isCid } from '../../server/protocol/cid.ts'
import type { Refusal } from '../../server/protocol/errors.ts'

const happening: Happening = { room: '7', user: { id: '1', name: 'ann' }, notice: { kind: 'joined' } }

/** A log that gives these answers, one after the other. */
async function telling(...answers: Awaited<ReturnType<Append>>[]) {
  const drafts: Draft[] = []
  const untold: [Happening, Refusal][] = []
  await tell(
    {
      append: async (draft) => {
        drafts.push(draft)
        return answers[drafts.length - 1] ?? { code: 'internal' }
      },
      onUntold: (what, refusal) => untold.push([what, refusal]),
    },
    happening,
  )
  return { drafts, untold }
}

test('a notice says who did what, under a cid of its own', async () => {
  const { drafts, untold } = await telling({ seq: 1, at: 2 })
  expect(drafts).toEqual([
    {
      room: '7',
      user: happening.user,
      cid: drafts[0]?.cid,
      body: { type: 'notice', notice: { kind: 'joined' } },
    },
  ])
  expect(isCid(drafts[0]?.cid ?? '')).toBe(true)
  expect(untold).toEqual([])
})

test('an unknown outcome is asked again with the same cid, so nobody joins twice', async () => {
  const { drafts, untold } = await telling({ code: 'log_unknown' }, { seq: 1, at: 2 })
  expect(drafts).toHaveLength(2)
  expect(drafts[1]).toEqual(drafts[0])
  expect(untold).toEqual([])
})

test('a log that refuses is not asked again, and the server’s own log hears of it', async () => {
  const { drafts, untold } = await telling({ code: 'log_unavailable' })
  expect(drafts).toHaveLength(1)
  expect(untold).toEqual([[happening, { code: 'log_unavailable' }]])
})
