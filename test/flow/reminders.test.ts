// Reminders of messages: they come to their owner alone, once, and stay until they are put away; one list with those of /remind.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Reminder, RemindersAnswer } from '../../server/protocol/reminders.ts'
import { BotsProcess, showPoints, type DiePoint } from '../support/bots-process.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** Processes load their sources one after the other on a busy machine. */
const withinMs = 120_000
const hour = 3_600_000

let brook: Brook
let line: CommandLine
const running: BotsProcess[] = []
beforeAll(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
})
afterEach(async () => {
  for (const one of running.splice(0)) await one.kill()
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

async function bots(dieAt?: DiePoint): Promise<BotsProcess> {
  const process = new BotsProcess(line.env, dieAt)
  running.push(process)
  return process.opens()
}
async function pair() {
  const [ann, bob] = [await brook.enter(fresh('Ann')), await brook.enter(fresh('Bob'))]
  const { id: room } = await brook.meet(ann, bob)
  return { ann, bob, room, seq: (await bob.acked(bob.says('the oven is on'))).seq }
}
const body = (who: Person, seq: number, more: object = {}) => ({
  cid: newCid(),
  room: who.room,
  seq,
  at: Date.now() + hour,
  ...more,
})
const remind = (who: Person, seq: number, more: object = {}) =>
  who.tries('POST', '/api/reminders', body(who, seq, more))
const list = async (who: Person): Promise<Reminder[]> =>
  (await who.ask<RemindersAnswer>('GET', '/api/reminders')).body.reminders
const isDue = (who: Person) =>
  brook.db.run("UPDATE reminders SET due_at = ? WHERE user_id = ? AND state = 'waiting'", [
    new Date(Date.now() - 1_000),
    BigInt(who.user.id),
  ])
const inbox = (who: Person) =>
  brook.db.rows<{ cause: string; seq: number; done_ms: number | null }>(
    'SELECT cause, seq, done_ms FROM notifications WHERE user_id = ?',
    [BigInt(who.user.id)],
  )

test(
  'it comes to its owner alone, says what the message says now, and stays until it is put away',
  async () => {
    const { ann, bob, room, seq } = await pair()
    const cid = newCid()
    expect(await remind(ann, seq, { cid })).toBe(204)
    expect(await remind(ann, seq, { cid })).toBe(204)
    expect(await list(ann)).toMatchObject([{ room, seq, isDue: false, message: { text: 'the oven is on' } }])
    expect(await list(bob)).toEqual([])
    await bob.ask('PATCH', `/api/rooms/${room}/messages/${seq}`, { cid: newCid(), text: 'the oven is off' })
    const head = (await ann.page()).messages.length
    await bots()
    await isDue(ann)
    await until(() => ann.heard.some((one) => one.type === 'reminders' && one.due?.seq === seq))
    const [one] = await list(ann)
    expect(one).toMatchObject({ isDue: true, message: { text: 'the oven is off' } })
    expect(await inbox(ann)).toMatchObject([{ cause: 'reminder', seq, done_ms: null }])
    // Nothing was said in the room.
    expect((await ann.page()).messages).toHaveLength(head)
    expect(bob.heard.some((event) => event.type === 'reminders')).toBe(false)
    expect(await bob.tries('DELETE', `/api/reminders/${one?.id}`)).toBe(204)
    expect(await list(ann)).toHaveLength(1)
    expect(await ann.tries('DELETE', `/api/reminders/${one?.id}`)).toBe(204)
    expect(await list(ann)).toEqual([])
    expect((await inbox(ann))[0]?.done_ms).not.toBeNull()
  },
  withinMs,
)

test(
  'those of /remind are in the same list and count among the same number',
  async () => {
    const { ann, room, seq } = await pair()
    await bots()
    await ann.ask('POST', `/api/rooms/${room}/commands`, { cid: newCid(), name: 'remind', args: '2h tea' })
    await remind(ann, seq)
    expect(await list(ann)).toMatchObject([
      { seq, text: '' },
      { seq: null, message: null, text: 'tea' },
    ])
    const note = async (args: string) =>
      (
        await ann.ask<{ note: { text: string } }>('POST', `/api/rooms/${room}/commands`, {
          cid: newCid(),
          name: 'remind',
          args,
        })
      ).body.note.text
    expect(await note('list')).toMatch(/^2\. in .*: a message in #meeting \d+\n1\. in .*: tea$/)
    await note('cancel 2')
    expect(await list(ann)).toMatchObject([{ text: 'tea' }])
    const { max } = limits.builtinBot.remind
    for (let n = 1; n < max; n += 1) expect(await remind(ann, seq)).toBe(204)
    expect(await remind(ann, seq)).toBe('too_many_reminders')
  },
  withinMs,
)

test('times, messages and rooms have bounds', async () => {
  const { ann, bob, seq, room } = await pair()
  const { id: secret } = await bob.makes(fresh('secret'), 'private')
  const hidden = (await bob.acked(bob.says('hidden'))).seq
  expect(await remind(ann, seq, { at: Date.now() - 1 })).toBe('bad_reminder')
  expect(await remind(ann, seq, { at: Date.now() + limits.builtinBot.remind.maxMs + hour })).toBe(
    'bad_reminder',
  )
  expect(await remind(ann, hidden, { room: secret })).toBe('not_found')
  expect(await remind(ann, 9_999)).toBe('no_such_message')
  bob.room = room
  await bob.ask('DELETE', `/api/rooms/${room}/messages/${seq}`, { cid: newCid() })
  expect(await remind(ann, seq)).toBe('message_deleted')
})

test(
  'whoever can no longer read the message hears nothing of it',
  async () => {
    const { bob, ann } = await pair()
    const { id: secret } = await bob.makes(fresh('secret'), 'private')
    await bob.ask('POST', `/api/rooms/${secret}/members`, { name: ann.user.name })
    const { seq } = await bob.acked(bob.says('the safe is open'))
    expect(await remind(ann, seq, { room: secret })).toBe(204)
    await bob.ask('DELETE', `/api/rooms/${secret}/members/${ann.user.id}`)
    expect(await list(ann)).toMatchObject([{ seq, message: null }])
    await bots()
    await isDue(ann)
    await until(async () => (await list(ann)).length === 0)
    expect(ann.heard.some((one) => one.type === 'reminders' && one.due !== undefined)).toBe(false)
    expect(await inbox(ann)).toEqual([])
  },
  withinMs,
)

test(
  'killed at any point, none is lost, and none comes twice',
  async () => {
    const { ann, seq } = await pair()
    for (const at of showPoints) {
      await remind(ann, seq)
      const doomed = await bots(at)
      await isDue(ann)
      await doomed.gone
      const heir = await bots()
      await until(async () => (await list(ann)).every((one) => one.isDue))
      await heir.kill()
    }
    expect(await list(ann)).toHaveLength(showPoints.length)
    expect(await inbox(ann)).toHaveLength(showPoints.length)
  },
  2 * withinMs,
)
