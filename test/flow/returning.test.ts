// Reconnecting: nothing missed, nothing twice, whether memory or the archive has it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

/** Two people in a room of their own; the second has received everything so far. */
async function pair(names: [string, string], name: string): Promise<[Person, Person, string]> {
  const [speaker, reader] = [await brook.enter(names[0]), await brook.enter(names[1])]
  const { id } = await speaker.makes(name)
  await reader.joins(id)
  await reader.event('room')
  await reader.notices('joined')
  return [speaker, reader, id]
}

async function say(speaker: Person, room: string, texts: string[]): Promise<void> {
  for (const text of texts) await speaker.acked(speaker.says(text, { room }))
}

test('a returning member misses nothing and receives nothing twice', async () => {
  const [ann, bob, id] = await pair(['Ann', 'Bob'], 'back')
  await say(ann, id, ['one'])
  await bob.hears('one')
  bob.drops()
  await say(ann, id, ['two', 'three'])
  await bob.returns()
  await say(ann, id, ['four'])
  await bob.hears('four')
  expect(bob.numbersOf(id)).toEqual([2, 3, 4, 5, 6])
})

test('a person who reconnects while others post gets every number once and in order', async () => {
  const [cho, dia, id] = await pair(['Cho', 'Dia'], 'busy')
  const said: string[] = []
  for (let round = 0; round < 20; round += 1) {
    for (let i = 0; i < 10; i += 1) said.push(cho.says(`r${round}.${i}`, { room: id }))
    dia.drops()
    await dia.returns()
  }
  await Promise.all(said.map((cid) => cho.acked(cid)))
  await dia.hears('r19.9')
  const numbers = dia.numbersOf(id)
  expect(numbers).toEqual(Array.from({ length: 201 }, (_, i) => i + 2))
})

test('a long absence becomes a gap, and changes fill it', async () => {
  const [eve, fay, id] = await pair(['Eve', 'Fay'], 'long')
  fay.drops()
  const count = limits.catchUpEntries + 20
  const cids = Array.from({ length: count }, (_, i) => eve.says(`l${i}`, { room: id }))
  await until(() => eve.heard.filter(({ type }) => type === 'ack').length === count)
  expect(cids).toHaveLength(count)
  await fay.returns()
  const gap = await fay.event('gap')
  expect(gap).toMatchObject({ room: id, from: 3, to: count + 2 })
  await say(eve, id, ['after the gap'])
  await fay.hears('after the gap')
  const filled = await fay.everything(2, id)
  expect(filled).toEqual(Array.from({ length: count + 1 }, (_, i) => i + 3))
})

test('a cursor ahead of the room does not cause old messages to be sent', async () => {
  const [gil, hal, id] = await pair(['Gil', 'Hal'], 'ahead')
  hal.drops()
  await hal.connects({ [id]: 50 })
  await say(gil, id, ['one'])
  await gil.hears('one')
  expect(hal.messages(id)).toEqual([])
})

test('a client that sends nothing after the welcome still receives events', async () => {
  const [ida, jon, id] = await pair(['Ida', 'Jon'], 'silent')
  jon.drops()
  await jon.connectsSilently()
  await say(ida, id, ['said to a silent one'])
  await jon.hears('said to a silent one')
})

test('a reader that stops reading is closed with a come-back code, and gets everything when it returns', async () => {
  const [kim, lea, id] = await pair(['Kim', 'Lea'], 'slow')
  lea.pauses()
  const text = 'x'.repeat(16_000)
  let sent = 0
  const givenUp = (): Promise<number> => brook.metric('brook_too_slow_total')
  while ((await givenUp()) === 0 && sent < 2_000) {
    await Promise.all(Array.from({ length: 20 }, () => kim.acked(kim.says(text, { room: id }))))
    sent += 20
  }
  expect(await givenUp()).toBe(1)
  lea.resumesReading()
  expect(await lea.ends()).toMatchObject({ code: 4001 })
  await lea.returns()
  await say(kim, id, ['the end'])
  await lea.hears('the end')
  // Memory sends everything before a gap; changes has what the gap names.
  const gap = lea.heard.find((event) => event.type === 'gap')
  const filled = gap === undefined ? [] : await lea.everything(gap.from - 1, id)
  const numbers = [...lea.numbersOf(id), ...filled.filter((seq) => gap !== undefined && seq <= gap.to)]
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: sent + 2 }, (_, i) => i + 2))
})

test('one person has a hundred connections to a server; one more is told why, and comes in when another has left', async () => {
  const max = await brook.enter('Max of the tabs')
  const tabs = Array.from({ length: limits.socketsPerPerson }, () => max.again())
  const outcomes = await Promise.allSettled(tabs.map((tab) => tab.connects()))
  const late = tabs.filter((_tab, i) => outcomes[i]?.status === 'rejected')
  expect(late).toHaveLength(1)
  expect(late[0]?.closed).toMatchObject({ code: 4004 })
  expect(late[0]?.heard).toMatchObject([{ type: 'error', code: 'too_many_sockets' }])
  // Nobody else is kept out.
  await brook.enter('Ned of one tab')
  max.drops()
  await until(() => late[0]?.connects().catch(() => undefined))
  for (const tab of tabs) tab.drops()
})
