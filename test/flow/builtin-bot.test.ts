// `brook bots` as a process: dice and reminders; no reminder is lost or sent twice, whenever the process is killed.
import type { Static } from 'typebox'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { CommandAnswer } from '../../server/protocol/http.ts'
import { BotsProcess, diePoints, type DiePoint } from '../support/bots-process.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** Processes load their sources one after the other on a busy machine. */
const withinMs = 120_000

type Answer = Static<typeof CommandAnswer>

let brook: Brook
let line: CommandLine
let ann: Person
const running: BotsProcess[] = []

beforeAll(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
  ann = await brook.enter('Ann')
  await ann.makes('kitchen')
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

async function asks(name: string, args: string, cid = newCid(), who = ann): Promise<Answer> {
  const { status, body } = await who.ask<Answer>('POST', `/api/rooms/${ann.room}/commands`, {
    cid,
    name,
    args,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const noteOf = (answer: Answer): string => ('note' in answer ? answer.note.text : 'no note')
const texts = async (): Promise<string[]> =>
  (await ann.page('limit=200')).messages.flatMap((message) =>
    message.kind === 'message' ? message.text : [],
  )
/** Reminders that still wait to be sent. */
const open = async (): Promise<number> =>
  (await brook.db.rows("SELECT id FROM reminders WHERE state IN ('waiting', 'sending')")).length

test(
  'dice are rolled for everybody, and an error is shown to the asker alone',
  async () => {
    await bots()
    expect(await asks('roll', '2d6+1')).toHaveProperty('message.seq')
    const said = (await texts()).at(-1) ?? ''
    const [, a, b, sum] = /^🎲 Ann · 2d6\+1: (\d) \+ (\d) \+ 1 = (\d+)$/.exec(said) ?? []
    expect(Number(a) + Number(b) + 1, said).toBe(Number(sum))
    expect(noteOf(await asks('roll', '7d1'))).toContain('2 to 1000 sides')
    expect(noteOf(await asks('roll', '三个骰子'))).toContain('要掷什么')
  },
  withinMs,
)

test(
  'a reminder is sent on time, is listed until then, and can be cancelled',
  async () => {
    await bots()
    expect(noteOf(await asks('remind', '2h bread'))).toContain('in 2 h')
    expect(noteOf(await asks('remind', '3天后 浇花'))).toContain('3 天后')
    expect(noteOf(await asks('remind', 'list'))).toMatch(/^1\. in .*: bread\n2\. in .*: 浇花$/)
    expect(noteOf(await asks('remind', 'cancel 1'))).toContain('cancelled')
    expect(noteOf(await asks('remind', 'cancel 1'))).toContain('no reminder 1')
    expect(noteOf(await asks('remind', 'soon tea'))).toContain('When?')
    await asks('remind', '1s tea')
    await until(texts, (all) => all.includes('⏰ @Ann: tea'), 30_000)
    // Nobody else sees or cancels Ann's reminders.
    const bob = await brook.arrive('Bob')
    await bob.joins(ann.room)
    expect(noteOf(await asks('remind', 'list', newCid(), bob))).toContain('no reminders')
    expect(noteOf(await asks('remind', 'cancel 2', newCid(), bob))).toContain('no reminder 2')
    await asks('remind', 'cancel 2')
  },
  withinMs,
)

test(
  'a reminder names its asker, and is sent in its thread as long as that takes replies',
  async () => {
    const process = await bots()
    const says = async (text: string) => {
      const { body } = await ann.ask<{ seq: number }>('POST', `/api/rooms/${ann.room}/messages`, {
        cid: newCid(),
        text,
      })
      return body.seq
    }
    const [alive, over] = [await says('the oven'), await says('the stove')]
    for (const thread of [alive, over])
      await ann.ask('POST', `/api/rooms/${ann.room}/commands`, {
        cid: newCid(),
        name: 'remind',
        args: `1s look at ${thread}`,
        thread,
      })
    await process.kill('SIGTERM')
    await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${over}`, { cid: newCid() })
    await brook.archive()
    await bots()
    await until(open, (left) => left === 0, 30_000)
    const { messages } = await ann.page('limit=200')
    const named = { mentions: [{ name: 'Ann', ids: [ann.user.id] }] }
    const reminder = (seq: number) =>
      messages.find((one) => one.kind === 'message' && one.text === `⏰ @Ann: look at ${seq}`)
    expect(reminder(alive)).toMatchObject({ ...named, thread: alive })
    expect(reminder(over)).toMatchObject(named)
    expect(reminder(over)).not.toHaveProperty('thread')
  },
  withinMs,
)

test(
  'killed at any point, nothing hangs, no stored reminder is lost, and none is sent twice',
  async () => {
    for (const at of diePoints) {
      const doomed = await bots(at)
      const answer = await asks('remind', `1s killed ${at}`)
      await doomed.gone
      // The asker was answered in time: that it is stored, or that the outcome is unknown.
      if (at === 'asked' || at === 'kept') expect(answer).toHaveProperty('note.code', 'command_timeout')
      else expect(noteOf(answer)).toContain('I will remind you')
      const heir = await bots()
      await until(open, (left) => left === 0, 30_000)
      await heir.kill()
    }
    const reminded = (await texts()).filter((text) => text.includes('killed'))
    expect(reminded).toEqual(['kept', 'begun', 'said', 'ended'].map((at) => `⏰ @Ann: killed ${at}`))
  },
  2 * withinMs,
)

test(
  'of two processes one sends it, even if one of them is killed meanwhile',
  async () => {
    const [first] = [await bots(), await bots()]
    const wishes = Array.from({ length: 20 }, (_, i) => `wish ${i}`)
    const answers = await Promise.all(wishes.map((wish) => asks('remind', `1s ${wish}`)))
    for (const answer of answers) expect(noteOf(answer)).toContain('I will remind you')
    await until(texts, (all) => all.some((text) => text.includes('wish')), 30_000)
    await first?.kill()
    await until(open, (left) => left === 0, 30_000)
    // After archiving, MySQL has the same as the log had.
    await brook.archive()
    const said = (await texts()).filter((text) => text.includes('wish'))
    expect(said.sort()).toEqual(wishes.map((wish) => `⏰ @Ann: ${wish}`).sort())
  },
  withinMs,
)

test(
  'what was due while no process ran is sent later, but not to a room that its asker has left',
  async () => {
    const process = await bots()
    const cat = await brook.enter('Cat')
    await cat.joins(ann.room)
    await asks('remind', '1s overdue')
    await asks('remind', '1s secret', newCid(), cat)
    await process.kill('SIGTERM')
    await until(open, (left) => left === 2)
    await cat.ask('DELETE', `/api/rooms/${ann.room}/members/me`)
    await bots()
    await until(open, (left) => left === 0, 30_000)
    const all = await texts()
    expect(all).toContain('⏰ @Ann: overdue')
    expect(all.join()).not.toContain('secret')
  },
  withinMs,
)

test(
  'nothing is said for whoever is banned, nor in a room that is archived, or read-only for them',
  async () => {
    const root = await brook.arrive('Root')
    await brook.makesAdmin(root)
    const dan = await brook.enter('Dan')
    const inRoom = async (room: string, who: Person, args: string): Promise<void> => {
      const asked = { cid: newCid(), name: 'remind', args }
      expect((await who.ask('POST', `/api/rooms/${room}/commands`, asked)).status).toBe(200)
    }
    const process = await bots()
    const { id: old } = await ann.makes('old')
    const { id: news } = await ann.makes('news')
    const { id: talk } = await ann.makes('talk')
    for (const room of [news, talk]) await dan.joins(room)
    await inRoom(old, ann, '1s in the archive')
    await inRoom(news, ann, '1s of its owner')
    await inRoom(news, dan, '1s of a reader')
    await inRoom(talk, dan, '1s of a member')
    await process.kill('SIGTERM')
    await ann.ask('PATCH', `/api/rooms/${old}`, { archived: true })
    await ann.ask('PATCH', `/api/rooms/${news}`, { speak: 'moderators' })
    await bots()
    await until(open, (left) => left === 0, 30_000)
    const said = async (room: string): Promise<string[]> =>
      (await ann.page('limit=200', room)).messages.flatMap((one) => (one.kind === 'message' ? one.text : []))
    expect(await said(old)).toEqual([])
    expect(await said(news)).toEqual(['⏰ @Ann: of its owner'])
    expect(await said(talk)).toEqual(['⏰ @Dan: of a member'])
    await inRoom(talk, dan, '1s of somebody banned')
    for (const one of running) await one.kill('SIGTERM')
    const ban = await root.ask('POST', '/api/admin/bans', { user: dan.user.id })
    expect(ban.status).toBe(201)
    await bots()
    await until(open, (left) => left === 0, 30_000)
    expect(await said(talk)).toEqual(['⏰ @Dan: of a member'])
  },
  withinMs,
)
