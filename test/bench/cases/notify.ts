// Deciding who is told: one entry in a room of ten thousand people who want to hear of everything, and a thousand messages a second
// in rooms of twenty. In the process of the bench, against stores of its own: its CPU is what deciding costs a server.
import { setTimeout as pause } from 'node:timers/promises'
import { openCore, type Core } from '../../../server/core.ts'
import type { Db } from '../../../server/db.ts'
import { History } from '../../../server/history/history.ts'
import { decideDeps } from '../../../server/notify/deciding.ts'
import { beginCursor } from '../../../server/log-reader/leased-cursor.ts'
import { NotifySettingsStore } from '../../../server/notify/settings.ts'
import { notifyCursors, ShardNotifier } from '../../../server/notify/shard-notifier.ts'
import { newCid } from '../../../server/protocol/cid.ts'
import { Brook } from '../../support/brook.ts'
import { until } from '../../support/until.ts'
import type { Case } from './case.ts'
import { benchStores } from './stores.ts'

const crowd = 10_000
const small = { rooms: 50, people: 20 }
const perSecond = 1_000
const author = { id: '1', name: 'Ann' }

export const notify: Case<'Brook'> = {
  name: 'notify',
  about: ({ seconds }) =>
    `one entry for ${crowd} people, and ${perSecond} messages a second in rooms of ${small.people} for ${seconds} s`,
  contenders: ['Brook'],
  shown: [
    { figure: 'an entry for 10,000', unit: 'ms CPU', better: 'less', target: 200 },
    { figure: 'an entry in a room of 10,000, for one', unit: 'ms CPU', digits: 1, better: 'less' },
    { figure: 'at 1,000 a second', unit: 'us CPU/entry', digits: 1, better: 'less' },
    { figure: 'behind at the end', unit: 'ms', better: 'less', target: 1_000 },
  ],
  round: async (_contender, { seconds }) => {
    const stores = await benchStores()
    const core = openCore({ ...Brook.settings, redis: stores.redis, mysql: stores.mysql })
    try {
      await fill(core.db)
      await core.log.open()
      await beginCursor(core.db, notifyCursors, 0, { ms: 0, n: 0 })
      const notifier = notifierOf(core)
      core.log.subscribe([{ onEntries: () => notifier.soon() }])
      await say(core, '1', 'the first one is compiled')
      await untilPassed(core.db, 1)
      const one = await cpuOf(async () => {
        await say(core, '1', 'for everybody')
        await untilPassed(core.db, 2)
      })
      await core.db.run("UPDATE memberships SET level = 'mentions' WHERE room_id = 1")
      const quiet = await cpuOf(async () => {
        await say(core, '1', 'for one', ['2'])
        await untilPassed(core.db, 3)
      })
      const many = perSecond * seconds
      let behind = 0
      const steady = await cpuOf(async () => {
        await steadily(core, many)
        const ended = performance.now()
        await untilPassed(core.db, 3 + many)
        behind = performance.now() - ended
      })
      await notifier.close()
      const [told] = await core.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM notifications')
      const wanted = 2 * (crowd - 1) + 1 + many
      return {
        figures: {
          'an entry for 10,000': one,
          'an entry in a room of 10,000, for one': quiet,
          'at 1,000 a second': (steady * 1_000) / many,
          'behind at the end': behind,
        },
        wrong: Number(told?.n) === wanted ? [] : [`${told?.n} of ${wanted} were told`],
      }
    } finally {
      core.log.close()
      await core.close()
      await stores.stop()
    }
  },
}

const decidedEntries = { count: 0 }

function notifierOf(core: Core): ShardNotifier {
  decidedEntries.count = 0
  const history = new History(core.db, core.log, core.metrics.flights)
  const settings = new NotifySettingsStore(core.db)
  return new ShardNotifier({
    ...decideDeps(core, { history, settings, readTo: () => undefined }),
    shard: 0,
    shards: 1,
    holder: 'bench',
    onWritten: () => undefined,
    onTaken: () => undefined,
    onError: (error) => {
      throw error
    },
    onDecided: (entries) => {
      decidedEntries.count += entries
    },
  })
}

/** Room 1 has everybody, who hear of everything; the others have twenty each. */
async function fill(db: Db): Promise<void> {
  const ids = Array.from({ length: crowd }, (_, at) => at + 1)
  for (let at = 0; at < crowd; at += 1_000) {
    const some = ids.slice(at, at + 1_000)
    await db.run('INSERT INTO users (id, name, name_key, created_at) VALUES ?', [
      some.map((id) => [id, `person ${id}`, `person ${id}`, new Date()]),
    ])
    await db.run('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at, level) VALUES ?', [
      some.map((id) => [id, 1, 'member', 0, new Date(), 'all']),
    ])
  }
  const rooms = Array.from({ length: small.rooms + 1 }, (_, at) => at + 1)
  await db.run('INSERT INTO rooms (id, name, kind, topic, created_at) VALUES ?', [
    rooms.map((id) => [id, `room ${id}`, 'private', '', new Date()]),
  ])
  await db.run('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at) VALUES ?', [
    rooms
      .slice(1)
      .flatMap((room) => ids.slice(0, small.people).map((id) => [id, room, 'member', 0, new Date()])),
  ])
}

async function say(core: Core, room: string, text: string, ids: string[] = []): Promise<void> {
  const mentions = ids.map((id) => ({ name: `person ${id}`, ids: [id] }))
  const body = { type: 'message' as const, text, ...(mentions.length === 0 ? {} : { mentions }) }
  const said = await core.log.append({ room, user: author, cid: newCid(), body })
  if ('code' in said) throw new Error(`not said: ${said.code}`)
}

/** One message in a hundred milliseconds' worth at a time, each for one other person. */
async function steadily(core: Core, many: number): Promise<void> {
  const began = performance.now()
  const atOnce = perSecond / 20
  for (let done = 0; done < many; done += atOnce) {
    const wait = began + (done * 1_000) / perSecond - performance.now()
    if (wait > 0) await pause(wait)
    await Promise.all(
      Array.from({ length: atOnce }, (_, at) => say(core, String(2 + (at % small.rooms)), 'hello', ['2'])),
    )
  }
}

async function untilPassed(db: Db, entries: number): Promise<void> {
  await until(
    () => decidedEntries.count,
    (count) => count >= entries,
    60_000,
  )
  // The last transaction.
  await db.rows('SELECT 1')
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
