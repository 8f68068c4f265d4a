// Pages of a long room, requested over HTTP as a browser does: its newest, its oldest and one in the middle, at a steady
// rate; and for comparison an empty answer, which needs no store. Times are measured in the server, from a request's
// headers to its answer. MySQL generates the rows itself.
import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { Db } from '../../../server/db.ts'
import type { MysqlAddress } from '../../../server/config.ts'
import { profileOf, type Case } from './case.ts'
import { seat } from './people.ts'
import { Program } from './program.ts'
import { benchStores } from './stores.ts'

const perSecond = 200
const room = 1_000
const server = new URL('../programs/server.ts', import.meta.url)
/** Rows of one INSERT: keeps its undo log small compared with the buffer pool. */
const rowsAtOnce = 100_000

const pages = `/api/rooms/${room}/messages`
const places = (rows: number): Record<string, string> => ({
  nothing: '/healthz',
  newest: pages,
  middle: `${pages}?before=${Math.ceil(rows / 2)}`,
  oldest: `${pages}?after=0`,
})

export const history: Case<'Brook'> = {
  name: 'history',
  aim: 6,
  about: ({ seconds, rows }) =>
    `pages of a room of ${rows} messages, ${perSecond} a second for ${seconds} s each`,
  contenders: ['Brook'],
  shown: [
    ...Object.keys(places(1)).flatMap((place) => [
      { figure: `${place} p50`, unit: 'ms', digits: 1, better: 'less' } as const,
      {
        ...({ figure: `${place} p99`, unit: 'ms', digits: 1, better: 'less' } as const),
        ...(place === 'nothing' ? { isTold: true } : { target: 5 }),
      },
    ]),
    { figure: 'filled in', unit: 's', digits: 1, better: 'none' },
  ],
  round: async (contender, settings, number) => {
    const { seconds, rows } = settings
    const stores = await benchStores()
    try {
      const [cookie = ''] = await seat(stores.mysql, 1, 'one')
      const began = performance.now()
      await fillRoom(stores.mysql, rows)
      const figures: Record<string, number> = { 'filled in': (performance.now() - began) / 1_000 }
      const given = { redis: stores.redis, mysql: stores.mysql }
      const { program, told } = await Program.start<{ port: number }>(server, given)
      const wrong: string[] = []
      const ask = (path: string): Promise<number> => get(told.port, cookie, path)
      for (const [place, path] of Object.entries(places(rows))) {
        await steadily(50, ask, path)
        await program.run('answers')
        const file = profileOf(settings, `history-${place}`, contender, number)
        const times = await program.profiled(file, () => steadily(perSecond * seconds, ask, path))
        const failed = times.filter((ms) => ms < 0).length
        if (failed > 0) wrong.push(`${failed} answers of ${place}`)
        const sorted = (await program.run<number[]>('answers')).sort((a, b) => a - b)
        figures[`${place} p50`] = sorted[sorted.length >> 1] ?? NaN
        figures[`${place} p99`] = sorted[Math.floor(sorted.length * 0.99)] ?? NaN
      }
      await program.stop()
      return { figures, wrong }
    } finally {
      await stores.stop()
    }
  },
}

/** A room of so many messages, without a log. Trap: only MariaDB has sequence tables. */
export async function fillRoom(mysql: MysqlAddress, rows: number): Promise<void> {
  const db = new Db(mysql, 1)
  try {
    for (let at = 1; at <= rows; at += rowsAtOnce)
      await db.run(
        `INSERT INTO messages (room_id, seq, kind, user_id, user_name, cid, text, log_ms, log_n, updated_seq)
         SELECT ${room}, seq, 'message', 1, 'guest 1', UNHEX(CONCAT(LPAD(HEX(seq), 12, '0'), '70008000000000000000')),
           CONCAT('words ', seq, ' that people say in a room that has been open for years'),
           1700000000000 + seq, 0, seq
         FROM seq_${at}_to_${Math.min(rows, at + rowsAtOnce - 1)}`,
      )
  } finally {
    await db.close()
  }
}

/** Open loop: requests are sent when they are due. Milliseconds of each answer; -1 if it failed. */
async function steadily(
  count: number,
  ask: (path: string) => Promise<number>,
  path: string,
): Promise<number[]> {
  const began = performance.now()
  const answers: Promise<number>[] = []
  while (answers.length < count) {
    const dueIn = began + (answers.length * 1_000) / perSecond - performance.now()
    if (dueIn > 0) await pause(dueIn)
    else answers.push(ask(path))
  }
  return Promise.all(answers)
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 })

function get(port: number, cookie: string, path: string): Promise<number> {
  const began = performance.now()
  return new Promise((resolve) => {
    http
      .get({ agent, port, path, headers: { cookie } }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode === 200 ? performance.now() - began : -1))
      })
      .once('error', () => resolve(-1))
  })
}
