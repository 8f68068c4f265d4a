// Files under bad luck and bad will: cids that come again, uploads of others, quotas at the same moment, and what is sent again late.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileLimits } from '../../server/protocol/file-limits.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { CasesAnswer } from '../../server/protocol/reports.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { begins, gets, offsetOf, sends, tus, uploads } from '../support/uploads.ts'

let brook: Brook
let una: Person
let vic: Person
beforeAll(async () => {
  brook = await Brook.start()
  una = await brook.enter('Una')
  vic = await brook.enter('Vic')
  await brook.meet(una, vic)
})
afterAll(() => brook.stop())

const says = (who: Person, files: readonly string[], cid = newCid()): Promise<string | number> =>
  who.tries('POST', `/api/rooms/${who.room}/messages`, { cid, text: '', files })
const idIn = (path: string | null): string => path?.split('/').at(-1) ?? ''

test('a file that was given up can be sent again under the same cid, at once', async () => {
  const cid = newCid()
  const bytes = Buffer.from('given up')
  const { id } = await uploads(una, bytes, { cid })
  expect((await tus(una, 'DELETE', `/api/files/${id}`)).status).toBe(204)
  const again = await uploads(una, bytes, { cid })
  expect(again.id).not.toBe(id)
  expect((await gets(una, again.id)).bytes.equals(bytes)).toBe(true)
})

test('a message that names uploads of others is refused without anybody being asked to let go of them', async () => {
  const own = idIn((await begins(una, 10)).headers.get('location'))
  const path = (await begins(vic, 10)).headers.get('location') ?? ''
  expect((await sends(vic, path, 0, Buffer.from('half'))).status).toBe(204)
  expect(await says(una, [own, idIn(path)])).toBe('file_gone')
  expect(await says(una, [own])).toBe('file_unfinished')
  expect(await offsetOf(vic, path)).toBe(4)
})

test('what all together may keep is kept to, also by many at the same moment', async () => {
  const [{ bytes } = { bytes: 0 }] = await brook.db.rows<{ bytes: number }>(
    'SELECT SUM(size) AS bytes FROM files WHERE released_ms IS NULL',
  )
  await brook.makesAdmin(una)
  const workspaceBytes = Number(bytes) + 100
  await una.ask('PATCH', '/api/admin/storage', { workspaceBytes })
  const people = [una, vic, ...(await Promise.all(['Wim', 'Xia', 'Yan'].map((name) => brook.enter(name))))]
  const begun = await Promise.all(people.map((who) => begins(who, 60)))
  expect(begun.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 507, 507, 507, 507])
  await una.ask('PATCH', '/api/admin/storage', { workspaceBytes: 0 })
})

test('what was claimed long ago and is sent only now keeps its file', async () => {
  const { id } = await uploads(vic, Buffer.from('late'))
  const cid = newCid()
  await brook.db.run('UPDATE files SET room_id = ?, message_cid = ?, claimed_ms = 1 WHERE id = ?', [
    BigInt(vic.room),
    cid,
    BigInt(id),
  ])
  await says(vic, [id], cid)
  // Not archived yet: the sweep of another server knows nothing of the message.
  await brook.sweepFiles()
  await brook.archive()
  expect((await gets(una, id)).status).toBe(200)
})

test('a description of an upload has its limit', async () => {
  const more = { waveform: 'A'.repeat(fileLimits.metadataBytes) }
  expect((await begins(una, 10, { more })).code).toBe('bad_request')
})

test('rules about words hold for the names and descriptions of files, and whoever reviews sees that there are some', async () => {
  await brook.makesAdmin(una)
  const rule = (text: string, does: string) =>
    una.tries('POST', '/api/admin/rules', { kind: 'word', text, does })
  expect([await rule('casino', 'refuse'), await rule('roulette', 'hold')]).toEqual([201, 201])
  const named = await uploads(vic, Buffer.from('a'), { name: 'Casino night.txt' })
  const told = await uploads(vic, Buffer.from('b'))
  await vic.ask('PATCH', `/api/files/${told.id}`, { alt: 'the casino' })
  await until(
    () => says(vic, [named.id]),
    (code) => code === 'refused_by_rule',
  )
  expect(await says(vic, [told.id])).toBe('refused_by_rule')
  const { id } = await uploads(vic, Buffer.from('c'), { name: 'plan.txt' })
  const body = { cid: newCid(), text: 'roulette', files: [id] }
  expect(await vic.tries('POST', `/api/rooms/${vic.room}/messages`, body)).toBe('held_for_review')
  const { cases } = (await una.ask<CasesAnswer>('GET', `/api/rooms/${vic.room}/reports`)).body
  expect(cases.map(({ text }) => text)).toEqual(['roulette\n📎 plan.txt'])
  const member = await brook.enter('Wes')
  await member.joins(vic.room)
  const answers = await Promise.all([una, vic, member].map((who) => gets(who, id)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404])
})
