// The endurance measurement: a real Brook, and a Chromium that hides its tabs as a person's does. Each part prints lines
// of a table; ratios are of two things of the same run.
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { Brook } from '../support/brook.ts'
import { Devtools } from '../support/devtools.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { denseRooms } from './endurance-dense.ts'
import { chatter } from './endurance-talk.ts'
import { median, openReader, type Reader } from './endurance-reader.ts'
import type { Person } from '../support/person.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    short: { type: 'boolean', default: false },
    cpu: { type: 'string', default: '1,4' },
    rate: { type: 'string', default: '30' },
    parts: { type: 'string', default: 'room,rooms,pane,people,switcher,dense' },
    rooms: { type: 'string' },
    open: { type: 'string' },
    people: { type: 'string' },
  },
})
const { short } = values
const seconds = Number(values.minutes ?? (short ? 1 : 10)) * 60
const cpus = values.cpu.split(',').map(Number)
const rate = Number(values.rate)
const count = {
  rooms: Number(values.rooms ?? (short ? 400 : 800)),
  open: Number(values.open ?? (short ? 1_000 : 2_000)),
  people: Number(values.people ?? (short ? 600 : 2_000)),
}

const brook = await Brook.start()
const sync = await runSync(brook.config, { say: () => undefined })
const devtools = await Devtools.open()
const parts: Record<string, () => Promise<void>> = {
  room: inOneRoom,
  rooms: throughRooms,
  pane: beside,
  people: among,
  switcher: switching,
  dense: () => denseRooms({ brook, devtools, short }),
}
try {
  for (const part of values.parts.split(',')) {
    console.log(`\n${part}`)
    await parts[part]?.()
    for (const person of brook.people.splice(0)) person.drops()
  }
} finally {
  await devtools.end()
  await sync.close()
  await brook.stop()
}

/** Eight people in a new room of the first one. */
async function eight(name: string): Promise<{ people: Person[]; room: string }> {
  const people = await Promise.all(Array.from({ length: 7 }, (_, n) => brook.enter(`${name} ${n}`)))
  const owner = await brook.enter(`${name} first`)
  const room = await brook.meet(owner, ...people)
  return { people: [owner, ...people], room: room.id }
}

/** One room, seen, unseen, and seen again. */
async function inOneRoom(): Promise<void> {
  for (const cpu of cpus) {
    const { people, room } = await eight(`Talker ${cpu}x`)
    const reader = await openReader(devtools, brook, `Reader ${cpu}x`)
    await reader.person.joins(room)
    await reader.opens(room)
    await reader.tab.slows(cpu)
    const talk = chatter(people, room, rate)
    console.log(`${cpu}x, ${rate}/s: ${reader.head}`)
    await pause(5_000)
    for (let part = 1; part <= 3; part += 1) await reader.watches(`focused, part ${part}`, seconds / 3, talk)
    await reader.tab.hides(true)
    await pause(1_000)
    if ((await reader.tab.evaluate<string>('document.visibilityState')) !== 'hidden')
      throw new Error('the tab is not hidden')
    for (let part = 1; part <= 3; part += 1)
      await reader.watches(`hidden, part ${part}`, seconds / 3, talk, { keys: false })
    const began = Date.now()
    const newest = talk.newest()
    await reader.tab.hides(false)
    await reader.shows(newest)
    console.log(`back: the newest on screen after ${Date.now() - began} ms`)
    await reader.watches('back', seconds / 6, talk)
    talk.stops()
    if (cpu === 4) {
      const costs = []
      for (const each of [30, 100]) {
        const louder = chatter(people, room, each)
        costs.push(await reader.watches(`${each}/s`, Math.min(30, seconds / 2), louder))
        louder.stops()
      }
      console.log(`100/s costs ${((costs[1] ?? 0) / (costs[0] ?? 1)).toFixed(2)} of 30/s`)
    }
    await reader.leaves()
  }
}

/** What rooms hold that somebody has left. */
async function throughRooms(): Promise<void> {
  const reader = await openReader(devtools, brook, 'Walker')
  const rooms: string[] = []
  for (let n = 0; n < (short ? 15 : 40); n += 1) rooms.push((await reader.person.makes(`path ${n}`)).id)
  await reader.person.connects()
  for (const room of rooms)
    for (let n = 0; n < 60; n += 1) reader.person.says(`m${n} in ${room}\n- one\n- two`, { room })
  await pause(3_000)
  await reader.opens(rooms[0] ?? '')
  const walk = async (all: string[]) => {
    for (const room of all) await reader.goesTo(room)
    await reader.goesTo(rooms[0] ?? '')
    await pause(1_500)
    return reader.tab.metrics({ collect: true })
  }
  const before = await walk(rooms.slice(0, 2))
  const after = await walk(rooms.slice(2))
  const left = Math.min(20, rooms.length - 2)
  console.log(
    `${rooms.length - 2} rooms left, of which ${left} rest: ${((after.nodes - before.nodes) / left).toFixed(0)} nodes,`,
    `${((after.heapMb - before.heapMb) / left).toFixed(2)} MB, ${((after.listeners - before.listeners) / left).toFixed(0)} listeners each`,
    `(${before.nodes} -> ${after.nodes} nodes, ${before.heapMb.toFixed(1)} -> ${after.heapMb.toFixed(1)} MB)`,
  )
  await reader.leaves()
}

async function makes(person: Person, name: string, n: number): Promise<string[]> {
  const all: string[] = []
  for (let at = 0; at < n; at += 10) {
    const some = Array.from({ length: Math.min(10, n - at) }, (_, one) => person.makes(`${name} ${at + one}`))
    all.push(...(await Promise.all(some)).map(({ id }) => id))
  }
  return all
}

/** A message somewhere else, with few and with many rooms in the pane. */
async function beside(): Promise<void> {
  const costs: number[] = []
  for (const n of [9, count.rooms]) {
    const reader = await openReader(devtools, brook, `Owner of ${n}`)
    const rooms = await makes(reader.person, `mine ${n}`, n)
    const [here = '', ...others] = rooms
    const talker = await brook.enter(`Caller of ${n}`)
    for (const room of others.slice(0, 8)) await talker.joins(room)
    await reader.opens(here)
    const loaded = await reader.longest()
    const { busy } = await reader.tab.metrics()
    const spoken = 200
    for (let at = 0; at < spoken; at += 1) {
      talker.says(`elsewhere ${at}`, { room: others[at % 8] ?? '' })
      await pause(50)
    }
    await pause(1_000)
    const cost = (((await reader.tab.metrics()).busy - busy) * 1_000) / spoken
    costs.push(cost)
    console.log(`${n} rooms: longest task at load ${loaded} ms; a message elsewhere ${cost.toFixed(1)} ms`)
    await reader.leaves()
  }
  console.log(`many cost ${((costs[1] ?? 0) / (costs[0] ?? 1)).toFixed(2)} of few`)
}

/** A message, with few and with many people beside it. */
async function among(): Promise<void> {
  const costs: number[] = []
  for (const n of [5, count.people]) {
    const reader = await openReader(devtools, brook, `Host of ${n}`)
    const { id } = await reader.person.makes(`place of ${n}`)
    for (let at = 0; at < n; at += 10)
      await Promise.all(
        Array.from({ length: Math.min(10, n - at) }, async (_, one) => {
          const guest = await brook.arrive(`Guest ${n} ${at + one}`)
          await guest.joins(id)
        }),
      )
    const talker = await brook.enter(`Caller among ${n}`)
    await talker.joins(id)
    await reader.opens(id)
    await pause(3_000)
    const opened = await reader.longest()
    const { busy, nodes } = await reader.tab.metrics({ collect: true })
    const spoken = 100
    for (let at = 0; at < spoken; at += 1) {
      talker.says(`m${at} word`, { room: id })
      await pause(50)
    }
    await pause(1_000)
    const cost = (((await reader.tab.metrics()).busy - busy) * 1_000) / spoken
    costs.push(cost)
    console.log(`${n} people: longest task ${opened} ms, ${nodes} nodes; a message ${cost.toFixed(1)} ms`)
    await reader.leaves()
  }
  console.log(`many cost ${((costs[1] ?? 0) / (costs[0] ?? 1)).toFixed(2)} of few`)
}

/** The switcher, with many rooms and people. */
async function switching(): Promise<void> {
  const maker = await brook.enter('Maker')
  await makes(maker, 'open place', count.open)
  const reader: Reader = await openReader(devtools, brook, 'Seeker')
  const rooms = await makes(reader.person, 'own place', count.rooms)
  await reader.opens(rooms[0] ?? '')
  await pause(2_000)
  for (const cpu of cpus) {
    await reader.tab.slows(cpu)
    const opened = await reader.tab.evaluate<number>(`new Promise((resolve) => {
      const began = performance.now()
      document.querySelector('nav button[aria-haspopup=dialog]').click()
      const look = () => document.querySelector('[role=combobox]') && document.querySelector('[role=option]')
        ? setTimeout(() => resolve(performance.now() - began)) : requestAnimationFrame(look)
      look()
    })`)
    await pause(2_000)
    await reader.keysPaint()
    for (const key of 'open place 77') {
      await reader.tab.key(key)
      await pause(400)
    }
    const keys = await reader.keysPaint()
    console.log(
      `${cpu}x, ${count.rooms + count.open} entries: opens in ${opened.toFixed(0)} ms; a key p50 ${median(keys, 0.5)}, p95 ${median(keys, 0.95)} ms`,
    )
    await reader.tab.send('Input.dispatchKeyEvent', {
      type: 'keyDown',
      key: 'Escape',
      windowsVirtualKeyCode: 27,
    })
    await pause(500)
  }
  await reader.leaves()
}
