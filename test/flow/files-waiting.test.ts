// Files of messages that wait: for review, where whoever may handle the case sees them and nobody else does; and for the time at
// which they are sent.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import type { Case, CasesAnswer, OwnAnswersAnswer } from '../../server/protocol/reports.ts'
import type { Scheduled, ScheduledAnswer } from '../../server/protocol/scheduled.ts'
import { Brook } from '../support/brook.ts'
import { commandLine } from '../support/command-line.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { dot, gets, uploads } from '../support/uploads.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
  await root.ask('POST', '/api/admin/rules', { kind: 'word', text: 'boats', does: 'hold' })
})
afterAll(() => brook.stop())

const day = 24 * 3_600_000
const status = async (who: Person, id: string): Promise<number> => (await gets(who, id)).status
const preview = async (who: Person, id: string): Promise<number> => {
  const headers = { cookie: who.cookie }
  return (await fetch(`${who.address}/api/files/${id}/preview?width=64`, { headers })).status
}

/** Ann's room, with a moderator, somebody who writes in it, and somebody else. */
async function scene() {
  const [ann, mod, eve, bob] = await Promise.all(
    ['Ann', 'Mod', 'Eve', 'Bob'].map((name) => brook.enter(fresh(name))),
  )
  if (ann === undefined || mod === undefined || eve === undefined || bob === undefined)
    throw new Error('four people')
  const { id: room } = await ann.makes(fresh('garden'), 'private')
  for (const one of [mod, eve, bob]) {
    await ann.ask('POST', `/api/rooms/${room}/members`, { name: one.user.name })
    await until(() => one.heard.some((event) => event.type === 'room' && event.room.id === room))
    one.room = room
  }
  await ann.ask('PUT', `/api/rooms/${room}/members/${mod.user.id}`, { role: 'moderator' })
  return { ann, mod, eve, bob, room }
}

const says = (who: Person, text: string, files: readonly string[]) =>
  who.tries('POST', `/api/rooms/${who.room}/messages`, { cid: newCid(), text, files })
async function caseOf(who: Person, room: string, state = 'open'): Promise<Case> {
  const { body } = await who.ask<CasesAnswer>('GET', `/api/rooms/${room}/reports?state=${state}`)
  const [first] = body.cases
  if (first === undefined) throw new Error('no case')
  return first
}
const ownOf = async (who: Person) =>
  (await who.ask<OwnAnswersAnswer>('GET', '/api/reports/answers')).body.answers
const idsOf = (files: readonly FileRef[] = []): string[] => files.map(({ id }) => id)

test('files of a message that is held are seen by those who may handle it and by its author, days later too, and by all once it is posted', async () => {
  const { ann, mod, eve, bob, room } = await scene()
  const { id } = await uploads(eve, dot, { name: 'boat.png' })
  expect(await says(eve, 'boats', [id])).toBe('held_for_review')
  const found = await caseOf(mod, room)
  expect(idsOf(found.files)).toEqual([id])
  expect(found.files?.[0]).toMatchObject({ name: 'boat.png', kind: 'image', width: 1 })
  expect(idsOf((await ownOf(eve))[0]?.files)).toEqual([id])
  const line = await commandLine(brook.stores)
  expect((await line.type('admin', 'reports')).printed.join()).toContain('boats 📎 boat.png')
  await line.close()
  await brook.sweepFiles(3 * day)
  const everybody = [ann, mod, root, eve, bob]
  expect(await Promise.all(everybody.map((who) => status(who, id)))).toEqual([200, 200, 200, 200, 404])
  expect(await preview(mod, id)).toBe(await preview(eve, id))
  expect(await mod.tries('POST', `/api/cases/${found.id}/handle`, { acts: ['post'] })).toBe(200)
  await until(
    () => status(bob, id),
    (code) => code === 200,
  )
  // It is the message's now.
  expect(await status(root, id)).toBe(404)
  expect((await caseOf(mod, room, 'handled')).files).toBeUndefined()
})

test('who moderates no longer sees nothing; what is withdrawn is seen by its author alone, and goes', async () => {
  const { ann, mod, eve, room } = await scene()
  const { id } = await uploads(eve, dot)
  expect(await says(eve, 'boats', [id])).toBe('held_for_review')
  await ann.ask('PUT', `/api/rooms/${room}/members/${mod.user.id}`, { role: 'member' })
  expect(await Promise.all([mod, ann].map((who) => status(who, id)))).toEqual([404, 200])
  const { id: about } = await caseOf(ann, room)
  expect(await eve.tries('POST', `/api/cases/${about}/withdraw`)).toBe(200)
  expect(await Promise.all([ann, root, eve].map((who) => status(who, id)))).toEqual([404, 404, 200])
  await brook.sweepFiles(day + 60_000)
  expect(await status(eve, id)).toBe(404)
})

test('a message that is scheduled in three days names its files, keeps them, and is sent with them', async () => {
  const { eve, bob, room } = await scene()
  const [one, two] = [await uploads(eve, dot, { name: 'plan.png' }), await uploads(eve, Buffer.from('words'))]
  const files = [one.id, two.id]
  const { body: made } = await eve.ask<Scheduled>('POST', '/api/scheduled', {
    ...{ cid: newCid(), room, text: '', files },
    at: Date.now() + 3 * day,
  })
  expect(idsOf(made.files)).toEqual(files)
  const { body } = await eve.ask<ScheduledAnswer>('GET', '/api/scheduled')
  expect(body.scheduled[0]?.files).toMatchObject([{ name: 'plan.png', kind: 'image' }, { kind: 'text' }])
  await brook.sweepFiles(3 * day)
  expect(await Promise.all([eve, bob].map((who) => status(who, one.id)))).toEqual([200, 404])
  await brook.db.run('UPDATE scheduled_messages SET due_ms = ? WHERE id = ?', [Date.now(), BigInt(made.id)])
  const sent = await until(async () =>
    (await bob.page()).messages.find((message) => message.kind === 'message' && message.files !== undefined),
  )
  expect(sent?.kind === 'message' && idsOf(sent.files)).toEqual(files)
  expect(await Promise.all(files.map((id) => status(bob, id)))).toEqual([200, 200])
})
