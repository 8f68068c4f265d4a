// Two shards on one server: a shard whose log was wiped or contradicted is started anew alone. The rooms of the other
// shard refuse nothing meanwhile, and only people with a room in the failed shard are told to come back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { shardOf } from '../../server/log/shard.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const shards = 2
let brook: Brook
/** Everybody is in the lobby, so its shard stays intact. */
let sound: number
let failing: number
beforeAll(async () => {
  brook = await Brook.start({ logShards: shards })
  const [lobby] = await (await brook.arrive('Scout')).rooms()
  sound = shardOf(lobby?.id ?? '', shards)
  failing = 1 - sound
})
afterAll(() => brook.stop())

/** Room ids count up, so one of two new rooms is in each shard. */
async function makesIn(person: Person, shard: number, name: string): Promise<RoomSummary> {
  for (let n = 1; ; n += 1) {
    const room = await person.makes(`${name} ${n}`)
    if (shardOf(room.id, shards) === shard) return room
  }
}

const archive = async (): Promise<void> => {
  for (let shard = 0; shard < shards; shard += 1) {
    const sync = brook.sync({ shard })
    await sync.run()
    await sync.close()
  }
}
const epochs = (): Promise<(string | null)[]> =>
  Promise.all([sound, failing].map((shard) => brook.redis.get(keysOf(shard).epoch)))
const textsOf = async (person: Person, room: string): Promise<string[]> =>
  (await person.page('', room)).messages.flatMap((one) => (one.kind === 'message' ? [one.text] : []))

/** Everything of a shard is removed from Redis. */
async function wipe(shard: number): Promise<void> {
  const keys = await brook.redis.keys(`{brook:${shard}}:*`)
  expect(keys.length).toBeGreaterThan(0)
  await brook.redis.del(...keys)
}

/** A number of the room is assigned a second time, to another text. */
async function contradict(shard: number, room: string): Promise<void> {
  const fields = { room, seq: '1', type: 'message', user: '1', name: 'Nobody', cid: newCid() }
  const body = JSON.stringify({ text: 'another under the same number' })
  await brook.redis.xadd(keysOf(shard).log, '*', ...Object.entries({ ...fields, body }).flat())
}

test.each(['wiped', 'contradicted'])('a shard that is %s moves only its own rooms', async (how) => {
  const [ann, both, bob] = [
    await brook.enter(`Ann ${how}`),
    await brook.enter(`Both ${how}`),
    await brook.enter(`Bob ${how}`),
  ]
  // Created by somebody else, because the creator is also in the rooms that were created on the way.
  const maker = await brook.arrive(`Maker ${how}`)
  const failed = await makesIn(maker, failing, `failing ${how}`)
  const calm = await makesIn(maker, sound, `calm ${how}`)
  for (const [person, room] of [
    [ann, failed],
    [both, failed],
    [both, calm],
    [bob, calm],
  ] as const)
    await person.joins(room.id)
  await until(() => ann.heard.some((event) => event.type === 'room'))
  await until(() => both.heard.filter((event) => event.type === 'room').length === 2)
  await until(() => bob.heard.some((event) => event.type === 'room'))
  for (let n = 0; n < 3; n += 1) await ann.acked(ann.says(`before ${n}`, { room: failed.id }))
  const { seq: last } = await ann.acked(ann.says('kept', { room: failed.id }))
  await bob.acked(bob.says('calm before', { room: calm.id }))
  await archive()
  const [soundEpoch, oldEpoch] = await epochs()

  if (how === 'wiped') await wipe(failing)
  else await contradict(failing, failed.id)
  // Bob keeps posting: each of these would throw if it were refused.
  const said: string[] = []
  let isOver = false
  const talking = (async () => {
    while (!isOver) {
      const text = `calm ${said.length}`
      const cid = bob.says(text, { room: calm.id })
      await bob.acked(cid)
      said.push(text)
    }
  })()
  for (const person of [ann, both]) expect(await person.ends()).toMatchObject({ code: 4002 })
  const before = said.length
  const welcome = await ann.returns()
  await both.returns()
  const { seq } = await ann.acked(ann.says('after', { room: failed.id }))
  await until(() => said.length > before)
  isOver = true
  await talking

  // The failed shard has another epoch and continues above its numbers; the other is unchanged.
  expect(seq).toBeGreaterThan(last)
  const now = await epochs()
  expect(now[0]).toBe(soundEpoch)
  expect(now[1]).not.toBe(oldEpoch)
  expect(welcome.epoch).toContain(now[1])
  // Nobody in the intact shard noticed anything: not closed, no refusal, no gap, every number.
  expect(bob.closed).toBeUndefined()
  expect(bob.heard.filter(({ type }) => type === 'error' || type === 'gap')).toEqual([])
  const numbers = bob.numbersOf(calm.id)
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
  await archive()
  expect(await textsOf(ann, failed.id)).toEqual(['before 0', 'before 1', 'before 2', 'kept', 'after'])
  expect((await textsOf(bob, calm.id)).at(-1)).toBe(said.at(-1))
})
