// npm run torture -- --minutes 10 --seed N: injects faults into two servers, two syncs, the stores and some thirty browsers;
// afterwards everything must be there once, in order, for everyone. Exit code 1 on any violation, with the evidence kept.
import { randomInt } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compareIds, type StreamId } from '../../server/log/entry.ts'
import { between, chanceOf, pick, type Chance } from './chance.ts'
import { gather, judge, type Verdict } from './checker.ts'
import { arrive, Client } from './client.ts'
import { Histories } from './histories.ts'
import { Cluster } from './cluster.ts'
import { Scheduling } from './scheduling.ts'
import { Sleepers, type ToldCounts } from './sleepers.ts'
import { tellLedger } from './ledger.ts'
import { rage } from './nemesis.ts'
import { texts, ordinaryTexts } from './texts.ts'
import { ledgerOf, linesBelow } from './torture-ledger.ts'
import './tab.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    clients: { type: 'string', default: '30' },
    rate: { type: 'string', default: '230' },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const seed = values.seed === undefined ? randomInt(1, 1_000_000_000) : Number(values.seed)
const clientCount = Number(values.clients)
const rate = Number(values.rate)
const folder = path.join(os.tmpdir(), `brook-torture-${seed}-${Date.now().toString(36)}`)
const chance = chanceOf(seed)
const roomCount = 6
/** After the last fault everything must be calm within this time. */
const calmWithinMs = 180_000
/** The share of actions that change an existing message. */
const changedPart = 0.15
/** ... of messages that mention somebody who sleeps, and of those that are scheduled. */
const mentioningPart = 0.01
const scheduledPart = 0.005
const sleeperCount = 4

const began = Date.now()
mkdirSync(folder, { recursive: true })
const journal = path.join(folder, 'journal.log')
const note = (words: string): void =>
  appendFileSync(journal, `${((Date.now() - began) / 1_000).toFixed(2).padStart(8)} ${words}\n`)
console.log(`torture: seed ${seed}, ${minutes} minutes, ${clientCount} browsers; evidence in ${folder}`)

const histories = new Histories()
const cluster = await Cluster.open({
  servers: 2,
  syncs: 2,
  movesClocks: true,
  // The push service is on loopback.
  envOf: () => ({ WEBHOOK_PRIVATE: 'on' }),
  folder,
  onCrash: (words) => {
    note(words)
    histories.violate({ kind: 'crashed', words })
  },
})
const speakers = await gatherPeople()
const clients = [...speakers.keys()]
const rooms = [...new Set([...speakers.values()].flat())]
const scheduling = new Scheduling(histories)
const sleepers = await Sleepers.arrive(sleeperCount, rooms, {
  histories,
  addresses: cluster.addresses,
  random: chanceOf(seed + 3),
})
await sleepers.begin(cluster.db)
note(`${clients.length} browsers`)

let isHushed = false
let tellings: ToldCounts = { told: 0, unnamed: 0, pushes: 0, pushedAgain: 0 }
/** Servers whose clock is a day ahead take what waits for a device for a day old. */
const clockFaults = ['clock of a server steps', 'clocks of all step']
const lags: number[] = []
const faultCounts = new Map<string, number>()
const endAt = Date.now() + minutes * 60_000
const speaking = speak(chanceOf(seed + 1))
const watching = watchLag()
await rage(
  { cluster, clients, chance, hush, speak: () => (isHushed = false), note, only: values.only },
  endAt,
  faultCounts,
)
await speaking
note('the nemesis has ended')
const calmMs = await calm()
await watching
const verdict = await judged()
const connections = clients.reduce((sum, client) => sum + client.connects, 0)
tellLedger(
  folder,
  ledgerOf({ seed, began, verdict, histories, tellings, lags, calmMs, connections, faults: faultCounts }),
  linesBelow(verdict, faultCounts),
)
if (verdict.violations.length > 0)
  console.log(`${verdict.violations.length} violations; the evidence is kept in ${folder}`)
for (const client of clients) client.close()
await cluster.close()
await sleepers.close()
process.exit(verdict.violations.length === 0 ? 0 : 1)

/** Guests in their rooms; every third one has a second tab that sends and receives as well. */
async function gatherPeople(): Promise<Map<Client, string[]>> {
  const all: Client[] = []
  const made: string[] = []
  const roomsOf = new Map<Client, string[]>()
  const parts = { histories, addresses: cluster.addresses, random: chanceOf(seed + 2) }
  for (let i = 0; all.length < clientCount; i += 1) {
    const account = await arrive(cluster.addresses, `Person ${i}`)
    const client = new Client(`client-${i}`, account, parts)
    if (made.length < roomCount) made.push(await client.makes(`room ${i}`))
    all.push(client)
    if (i % 3 === 0 && all.length < clientCount) all.push(new Client(`client-${i}b`, account, parts))
  }
  for (const client of all) {
    const joined = [...made].sort(() => chance() - 0.5).slice(0, 3)
    for (const room of joined) await client.joins(room)
    roomsOf.set(client, joined)
    client.open()
  }
  for (const client of all)
    for (const room of roomsOf.get(client) ?? []) await until(() => client.upTo(room) >= 0, 30_000)
  return roomsOf
}

async function speak(random: Chance): Promise<void> {
  const tickMs = 50
  let owed = 0
  let number = 0
  const people = [...speakers]
  while (Date.now() < endAt) {
    await pause(tickMs)
    if (isHushed) continue
    owed = Math.min(owed + (rate * tickMs) / 1_000, rate)
    for (; owed >= 1; owed -= 1) {
      const [client, joined] = pick(random, people)
      // A person does not keep typing into a queue that does not move.
      if (client.waiting.length > 25) continue
      speakOnce(client, pick(random, joined), number, random)
      number += 1
    }
  }
}

function speakOnce(client: Client, room: string, number: number, random: Chance): void {
  const roll = random()
  if (roll < changedPart) return makeChange(client, room, number, random)
  if (roll < changedPart + scheduledPart) {
    const at = Date.now() + between(random, 1_000, 20_000)
    return scheduling.schedules(client, room, { text: `${number} ${pick(random, ordinaryTexts)}`, at })
  }
  const isMention = roll < changedPart + scheduledPart + mentioningPart
  const words = isMention ? sleepers.mention(random) : pick(random, texts(random))
  client.says(room, `${number} ${words}`)
}

/** Edits or deletes an own message, or adds or removes a reaction on any message. */
function makeChange(client: Client, room: string, number: number, random: Chance): void {
  const kind = random()
  const seq = client.some(room, kind < 0.5, random())
  if (seq === undefined) return
  if (kind < 0.35)
    client.changes(room, { type: 'edit', seq, text: `${number} edited ${pick(random, ordinaryTexts)}` })
  else if (kind < 0.5) client.changes(room, { type: 'delete', seq })
  else
    client.changes(room, {
      type: 'react',
      seq,
      emoji: pick(random, ['👍', '🎉', '❤️']),
      on: random() < 0.7,
    })
}

async function hush(): Promise<boolean> {
  isHushed = true
  const lacking = await becomesCalm(90_000)
  if (lacking !== '') note(`not hushed: ${lacking}`)
  return lacking === ''
}

/** The age of what is not archived, by when it was first seen here: the ids of entries go by Redis's clock, which steps. */
async function watchLag(): Promise<void> {
  let waiting: { id: StreamId; seenAt: number }[] = []
  while (Date.now() < endAt) {
    await pause(200)
    const state = await cluster.archiveState().catch(() => undefined)
    if (state === undefined) continue
    const { last, checkpoint } = state
    waiting = [...waiting, { id: last, seenAt: Date.now() }].filter(
      ({ id }) => compareIds(id, checkpoint) > 0,
    )
    lags.push(Date.now() - (waiting[0]?.seenAt ?? Date.now()))
  }
}

/** All faults are over: every outbox empties, everything is archived, every client is complete. */
async function calm(): Promise<number> {
  const from = Date.now()
  const lacking = await becomesCalm(calmWithinMs)
  if (lacking !== '')
    histories.violate({ kind: 'not back', words: `not calm after ${calmWithinMs / 1_000} s: ${lacking}` })
  return Date.now() - from
}

/** Returns what is still missing; nothing when all is calm. An error of a store that is down counts as not calm. */
async function becomesCalm(withinMs: number): Promise<string> {
  const end = Date.now() + withinMs
  for (;;) {
    const lacking = await whatLacks().catch((error: Error) => error.message)
    if (lacking === '' || Date.now() > end) return lacking
    await pause(50)
  }
}

/** Describes what is not calm; nothing if everything is. */
async function whatLacks(): Promise<string> {
  const waiting = clients.flatMap(({ name, waiting: { length }, lastRefusal }) =>
    length > 0 ? [`${length} wait at ${name} (${lastRefusal})`] : [],
  )
  const away = clients.filter(({ state }) => state !== 'live').map(({ name }) => `${name} is not connected`)
  const archive = (await cluster.isArchived())
    ? []
    : [`archive ${JSON.stringify(await cluster.archiveState())}`]
  const later = [await scheduling.lacks(cluster.db), await sleepers.lacks(cluster.db, cluster.redis)].flat()
  const lacking = [...waiting, ...away, ...archive, ...later]
  if (lacking.length > 0) return lacking.join(', ')
  const heads = await cluster.redis.hgetall('{brook:0}:numbers')
  for (const client of clients)
    for (const room of speakers.get(client) ?? [])
      if (client.upTo(room) < Number(heads[room]))
        return `${client.name} has room ${room} up to ${client.upTo(room)} of ${heads[room]}`
  return ''
}

async function judged(): Promise<Verdict> {
  const evidence = await gather(cluster.db, cluster.redis)
  const found = judge(histories, evidence)
  const isDayKept = !clockFaults.some((name) => faultCounts.has(name))
  const { violations, counts } = await sleepers.judge(cluster.db, evidence, { histories, isDayKept })
  found.violations.push(...violations)
  tellings = counts
  if (found.violations.length === 0 && !values.keep) return found
  const write = (name: string, what: unknown): void =>
    writeFileSync(path.join(folder, name), JSON.stringify(what, null, 1))
  write('violations.json', found.violations)
  const about = new Set(found.violations.map(({ room, seq }) => `${room} ${seq}`))
  const isAbout = ({ room, seq }: { room: string; seq: number }): boolean => about.has(`${room} ${seq}`)
  write('rows.json', evidence.rows.filter(isAbout))
  write('stream.json', evidence.stream.filter(isAbout))
  write('dead.json', evidence.dead)
  const cids = new Set(found.violations.map(({ cid }) => cid))
  write(
    'said.json',
    [...histories.said.values()].filter(({ cid }) => cids.has(cid)),
  )
  return found
}

/** Polls; an error of a store that is down counts as "not yet". */
async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs
  const ask = async (): Promise<boolean> => holds()
  while (!(await ask().catch(() => false))) {
    if (Date.now() > end) throw new Error('it did not come about')
    await pause(50)
  }
}
