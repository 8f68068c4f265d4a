// Whatever people set, say, change, follow and read, and wherever the process that decides is killed: everybody is told exactly once
// or exactly not, as a plain model says.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCore, type Core } from '../../server/core.ts'
import { History } from '../../server/history/history.ts'
import { decideDeps } from '../../server/notify/deciding.ts'
import { NotifySettingsStore } from '../../server/notify/settings.ts'
import { ShardNotifier } from '../../server/notify/shard-notifier.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { untilTurnedOff } from '../../server/protocol/member-settings.ts'
import { defaultNotifySettings } from '../../server/protocol/notify-defaults.ts'
import { Brook } from '../support/brook.ts'
import { mortalDb } from '../support/mortal-db.ts'
import type { Person } from '../support/person.ts'
import { toldIn, untilDecided } from '../support/told.ts'
import { until } from '../support/until.ts'

let brook: Brook
let core: Core
let people: Person[]
let notifier: ShardNotifier | undefined
/** Statements after which the next processes are killed; none: they live. */
let lives: number[] = []
let deaths = 0
let isOver = false

beforeAll(async () => {
  brook = await Brook.start()
  people = [await brook.enter('Ann'), await brook.enter('Bob'), await brook.enter('老王')]
  core = openCore(brook.config)
  core.log.subscribe([{ onEntries: () => notifier?.soon() }])
  await core.log.open()
  // From the server, which does not get it back: those who follow each other here have one name.
  await brook.db.run(
    "UPDATE notify_cursors SET fence = fence + 1, holder = 'test', lease_until = NOW(3) + INTERVAL 4 SECOND",
  )
  live()
})
afterAll(async () => {
  isOver = true
  await notifier?.close()
  await core.close()
  await brook.stop()
})

/** One process after the other decides, each until it is killed. */
function live(): void {
  const db = mortalDb(core.db, lives.shift() ?? Infinity, () => {
    deaths += 1
    setImmediate(live)
  })
  const former = notifier
  void former?.close()
  if (isOver) return
  const history = new History(core.db, core.log, core.metrics.flights)
  const settings = new NotifySettingsStore(db)
  notifier = new ShardNotifier({
    ...decideDeps({ db, log: core.log }, { history, settings, readTo: () => undefined }),
    shard: 0,
    shards: 1,
    holder: 'test',
    onWritten: () => undefined,
    onTaken: () => undefined,
    onError: () => undefined,
  })
  notifier.soon()
}

type Level = 'all' | 'mentions' | 'nothing'
interface Member {
  level: Level
  muted: boolean
  keyword: boolean
  read: number
}
interface Said {
  seq: number
  by: number
  thread: number | undefined
  isDeleted: boolean
  told: Set<number>
}

/** Who is told, by the rules in a few words; written apart from the server's. */
class Model {
  readonly members: Member[] = people.map(() => ({
    level: 'mentions',
    muted: false,
    keyword: false,
    read: 0,
  }))
  readonly said: Said[] = []
  readonly following = new Map<number, Map<number, boolean>>()

  follow(thread: number, who: number, on: boolean, isByHand = false): void {
    const known = this.following.get(thread) ?? new Map<number, boolean>()
    this.following.set(thread, known)
    if (isByHand || !known.has(who)) known.set(who, on)
  }

  say(
    one: Omit<Said, 'isDeleted' | 'told'>,
    names: readonly number[],
    all: boolean,
    hasKeyword: boolean,
  ): void {
    const told = new Set<number>()
    const { by, thread } = one
    const root = this.said.find(({ seq }) => seq === thread)
    if (thread !== undefined && root !== undefined) this.follow(thread, root.by, true)
    this.members.forEach(({ level, muted, keyword }, who) => {
      if (who === by || level === 'nothing') return
      const isFollowing = thread !== undefined && this.following.get(thread)?.get(who) === true
      const isTold =
        names.includes(who) ||
        (!muted &&
          (all || (keyword && hasKeyword) || isFollowing || (level === 'all' && thread === undefined)))
      if (isTold) told.add(who)
    })
    if (thread !== undefined) for (const who of [by, ...names]) this.follow(thread, who, true)
    this.said.push({ ...one, isDeleted: false, told })
  }

  edit(one: Said, name: number, by: number): void {
    const member = this.members[name]
    if (member === undefined || one.isDeleted || name === by || member.level === 'nothing') return
    if (one.thread === undefined && one.seq <= member.read) return
    one.told.add(name)
  }
}

const who = fc.nat({ max: 2 })
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('says' as const),
      who,
      names: who,
      how: fc.nat({ max: 4 }),
      reply: fc.boolean(),
      at: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('levels' as const),
      who,
      level: fc.constantFrom<Level>('all', 'mentions', 'nothing'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('mutes' as const), who, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('listens' as const), who, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('edits' as const), at: fc.nat(), names: who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('deletes' as const), at: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('follows' as const), who, at: fc.nat(), on: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('reads' as const), who }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('dies' as const), after: fc.nat({ max: 12 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Of> ? Of : never

async function play(room: string, steps: readonly Step[]): Promise<void> {
  const model = new Model()
  const person = (at: number): Person => people[at] ?? (people[0] as Person)
  const tell = async (at: number, command: object): Promise<number> => {
    const cid = newCid()
    person(at).tells({ room, ...command, cid })
    return (await person(at).acked(cid)).seq
  }
  const set = async (at: number, path: string, method: string, body?: object): Promise<void> => {
    // Decided by what is set at that time.
    await untilDecided(brook)
    const { status } = await person(at).ask(method, path, body)
    expect(status).toBeLessThan(300)
  }
  const mine = `/api/rooms/${room}/members/me`
  for (const at of [0, 1, 2]) await set(at, '/api/me/notifications', 'PUT', defaultNotifySettings)
  for (const one of steps) {
    const alive = model.said.filter(({ isDeleted }) => !isDeleted)
    const chosen = 'at' in one ? alive[one.at % Math.max(1, alive.length)] : undefined
    const member = 'who' in one ? model.members[one.who] : undefined
    switch (one.does) {
      case 'says': {
        const thread = one.reply ? (chosen?.thread ?? chosen?.seq) : undefined
        const root = model.said.find(({ seq }) => seq === thread)
        const place = root === undefined || root.isDeleted ? {} : { thread: root.seq }
        const names = one.how === 1 && one.names !== one.who ? [one.names] : []
        const text =
          ['hello', `hello @${person(one.names).user.name}`, 'hello @room', 'the PUMP', '灌溉计划'][
            one.how
          ] ?? ''
        const seq = await tell(one.who, { type: 'send', text, ...place })
        const said = { seq, by: one.who, thread: 'thread' in place ? place.thread : undefined }
        // Only an owner names everybody.
        model.say(said, names, one.how === 2 && one.who === 0, one.how > 2)
        break
      }
      case 'levels':
        await set(one.who, mine, 'PATCH', { level: one.level })
        if (member !== undefined) member.level = one.level
        break
      case 'mutes':
        await set(one.who, mine, 'PATCH', { mutedUntil: one.on ? untilTurnedOff : null })
        if (member !== undefined) member.muted = one.on
        break
      case 'listens':
        await set(one.who, '/api/me/notifications', 'PUT', {
          ...defaultNotifySettings,
          keywords: one.on ? ['pump', '灌溉'] : [],
        })
        if (member !== undefined) member.keyword = one.on
        break
      case 'edits':
        if (chosen === undefined) break
        await tell(chosen.by, { type: 'edit', seq: chosen.seq, text: `now @${person(one.names).user.name}` })
        model.edit(chosen, one.names, chosen.by)
        // Whom a reply names follows its thread.
        if (chosen.thread !== undefined && one.names !== chosen.by)
          model.follow(chosen.thread, one.names, true)
        break
      case 'deletes':
        if (chosen === undefined) break
        await tell(chosen.by, { type: 'delete', seq: chosen.seq })
        chosen.isDeleted = true
        break
      case 'follows': {
        if (chosen === undefined || chosen.thread !== undefined) break
        await set(one.who, `/api/rooms/${room}/threads/${chosen.seq}/follow`, one.on ? 'PUT' : 'DELETE')
        model.follow(chosen.seq, one.who, one.on, true)
        break
      }
      case 'reads': {
        await untilDecided(brook)
        const seq = Math.max(0, ...model.said.map((said) => said.seq))
        if (seq === 0 || member === undefined) break
        person(one.who).tells({ type: 'read', room, seq })
        await until(
          () =>
            brook.db.rows<{ seq: number }>(
              'SELECT read_seq AS seq FROM memberships WHERE room_id = ? AND user_id = ?',
              [BigInt(room), BigInt(person(one.who).user.id)],
            ),
          ([row]) => Number(row?.seq) >= seq,
        )
        member.read = seq
        break
      }
      case 'dies':
        lives = [one.after]
        live()
        break
    }
  }
  const told = (await toldIn(brook, room)).filter(({ gone }) => !gone)
  const wanted = model.said.flatMap(({ seq, isDeleted, told: those }) =>
    isDeleted ? [] : [...those].map((at) => `${seq} ${person(at).user.name}`),
  )
  expect(
    told.map(({ seq, user }) => `${seq} ${people.find((one) => one.user.id === user)?.user.name}`).sort(),
  ).toEqual(wanted.sort())
}

let rooms = 0
test('everybody is told exactly once or exactly not', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      rooms += 1
      const [ann, ...others] = people
      const room = await ann?.makes(`random ${rooms}`)
      for (const other of others) await other.joins(room?.id ?? '')
      await untilDecided(brook)
      await play(room?.id ?? '', steps)
    }),
    { numRuns: 20, seed: 17, endOnFailure: false },
  )
  expect(deaths, 'processes have died').toBeGreaterThan(5)
})
