// Telling a room what has changed in MySQL: under one cid, in the order of the changes, until the log has it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import type { Append, Draft } from '../../server/log/entry.ts'
import { Notices, type Happening } from '../../server/membership/notices.ts'
import { isCid } from '../../server/protocol/cid.ts'
import type { Refusal } from '../../server/protocol/errors.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let db: Db
beforeAll(async () => {
  stores = await privateStores()
  db = new Db(stores.mysql, 4)
})
afterAll(async () => {
  await db.close()
  await stores.stop()
})

const ann = { id: '1', name: 'ann' }
const bob = { id: '2', name: 'bob' }
const joined: Happening = { room: '7', user: bob, notice: { kind: 'joined' } }
const removed: Happening = { room: '7', user: ann, notice: { kind: 'removed', person: bob } }

/** A log that gives these answers, one after the other, and then takes everything. */
function process(...answers: Awaited<ReturnType<Append>>[]) {
  const drafts: Draft[] = []
  const untold: [Happening, Refusal][] = []
  const changed: string[] = []
  const notices = new Notices({
    db,
    log: {
      append: async (draft) => {
        drafts.push(draft)
        return answers[drafts.length - 1] ?? { seq: drafts.length, at: 1 }
      },
    },
    roster: { personChanged: async (person) => void changed.push(person) },
    onUntold: (what, refusal) => untold.push([what, refusal]),
  })
  const happens = async (happening: Happening): Promise<void> => {
    await db.transaction((tx) => notices.note(tx, happening))
    await notices.tell(happening)
  }
  const kinds = (): string[] =>
    drafts.map(({ body }) => (body.type === 'notice' ? body.notice.kind : body.type))
  return { notices, happens, drafts, untold, changed, kinds }
}

test('a notice says who did what, under a cid of its own', async () => {
  const { happens, drafts, untold } = process()
  await happens(joined)
  const cid = drafts[0]?.cid ?? ''
  expect(drafts).toEqual([{ room: '7', user: bob, cid, body: { type: 'notice', notice: joined.notice } }])
  expect(isCid(cid)).toBe(true)
  expect(untold).toEqual([])
})

test('an unknown outcome is asked again with the same cid, so nobody joins twice', async () => {
  const { happens, drafts, untold } = process({ code: 'log_unknown' })
  await happens(joined)
  expect(drafts).toHaveLength(2)
  expect(drafts[1]).toEqual(drafts[0])
  expect(untold).toEqual([])
})

test('what the log refuses is told later, by whoever can, in the order of the changes and under its cid', async () => {
  const away: Refusal = { code: 'log_unavailable' }
  const here = process(away, away)
  await here.happens(joined)
  await here.happens(removed)
  expect(here.untold).toEqual([
    [joined, away],
    [removed, away],
  ])
  // The second change does not overtake the first.
  expect(here.kinds()).toEqual(['joined', 'joined'])
  const other = process()
  await other.notices.tellAll()
  expect(other.kinds()).toEqual(['joined', 'removed'])
  expect(other.drafts[0]?.cid).toBe(here.drafts[0]?.cid)
  // Redis may not have heard that their rooms changed, either.
  expect(other.changed).toEqual(['2', '2'])
  await here.notices.tellAll()
  expect(here.drafts).toHaveLength(2)
})

test('a change that is rolled back is not told', async () => {
  const { notices, drafts } = process()
  const failed = db.transaction(async (tx) => {
    await notices.note(tx, joined)
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  await notices.tellAll()
  expect(drafts).toEqual([])
})
