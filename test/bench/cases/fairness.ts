// What one who misbehaves costs everybody else: people in a room send at a steady rate, with the rate limits of the product,
// while somebody misbehaves in one way after the other; alternately with quiet, against which each is compared.
import { setTimeout as pause } from 'node:timers/promises'
import { newBotToken, tokenHash } from '../../../server/account/token.ts'
import { Db } from '../../../server/db.ts'
import { newCid } from '../../../server/protocol/cid.ts'
import type { MysqlAddress } from '../../../server/config.ts'
import type { Nuisance } from '../programs/nuisance.ts'
import { profileOf, type Case, type Settings } from './case.ts'
import { firstRoom, seat } from './people.ts'
import { Program } from './program.ts'
import { benchStores } from './stores.ts'
import { addTimes, at, Crowd, noTimes, sendsPerSecond, talkers, type Times } from './talkers.ts'

const longMessages = 2_000
/** What is quiet for long is not compared with what comes much later. */
const alternations = 3
const settleMs = 300
/** Passes of the server's event loop that take more CPU than this hold others up. */
const longPassMs = 5
const passWords = ['quiet', 'beside'].map(
  (when) => `longest pass ${when}, ms | in passes over ${longPassMs} ms, ms a second`,
)
const programs = {
  server: new URL('../programs/server.ts', import.meta.url),
  archiver: new URL('../programs/archiver.ts', import.meta.url),
  nuisance: new URL('../programs/nuisance.ts', import.meta.url),
}

const figures = ['ack p50', 'ack p95', 'heard p50', 'heard p95'] as const

export const fairness: Case<'Brook'> = {
  name: 'fairness',
  about: ({ seconds }) =>
    `${talkers} people send ${sendsPerSecond} messages a second; somebody misbehaves for ${alternations} times ${seconds / 2} s`,
  contenders: ['Brook'],
  shown: [
    { figure: 'worst of p50', unit: 'x', digits: 2, better: 'less', target: 2 },
    { figure: 'worst of p95', unit: 'x', digits: 2, better: 'less', target: 2 },
  ],
  round: async (contender, settings, number) => {
    const stores = await benchStores()
    const cookies = await seat(stores.mysql, talkers + 2, 'five')
    const botToken = await prepare(stores.mysql)
    const given = { redis: stores.redis, mysql: stores.mysql }
    const started = await Program.start<{ port: number }>(programs.server, { ...given, isPaced: true })
    const { program: archiver } = await Program.start(programs.archiver, { ...given, once: false })
    const { port } = started.told
    const [owner = '', guest = ''] = cookies.slice(talkers)
    const acts: Nuisance = { port, room: String(firstRoom + 1), owner, guest, botToken }
    const { program: nuisance, told: ways } = await Program.start<string[]>(programs.nuisance, acts)
    const crowd = await Crowd.enter(port, cookies.slice(0, talkers))
    try {
      const found: Record<string, number> = {}
      await crowd.talks(2_000)
      console.log(
        `  | | ${[...figures.map((figure) => `${figure} quiet, ms | beside, ms | ratio`), ...passWords].join(' | ')} |`,
      )
      for (const way of ways.filter((name) => settings.ways.split(',').some((text) => name.includes(text)))) {
        const file = profileOf(settings, `fairness-${way.replaceAll(/\W+/g, '-')}`, contender, number)
        const { program } = started
        await program.profiled(file, () => compare(way, { crowd, nuisance, program, settings, found }))
      }
      const worst = (share: string): number =>
        Math.max(
          ...Object.entries(found).flatMap(([name, x]) => (name.endsWith(`${share} ratio`) ? [x] : [])),
        )
      return {
        figures: { 'worst of p50': worst('p50'), 'worst of p95': worst('p95') },
        wrong: crowd.unanswered > 0 ? [`${crowd.unanswered} sends without an answer`] : [],
      }
    } finally {
      crowd.leaves()
      await nuisance.stop()
      await archiver.stop()
      await started.program.stop()
      await stores.stop()
    }
  },
}

interface Comparing {
  crowd: Crowd
  nuisance: Program
  program: Program
  settings: Settings
  found: Record<string, number>
}

/** Prints a line of the table, and adds its figures to `found`. */
async function compare(way: string, { crowd, nuisance, program, settings, found }: Comparing): Promise<void> {
  const [quiet, beside]: [Times, Times] = [noTimes(), noTimes()]
  const holdUps = { quiet: [] as number[], beside: [] as number[] }
  const look = async (when: 'quiet' | 'beside'): Promise<void> => {
    holdUps[when].push(...(await program.run<number[]>('hold-ups')))
  }
  for (let time = 0; time < alternations; time += 1) {
    await program.run('hold-ups')
    addTimes(quiet, await crowd.talks(500 * settings.seconds))
    await look('quiet')
    await nuisance.run(way)
    await pause(settleMs)
    addTimes(beside, await crowd.talks(500 * settings.seconds))
    await look('beside')
    await nuisance.run()
    await crowd.isQuiet()
    await pause(settleMs)
  }
  const words = figures.map((figure) => {
    const [before, during] = [at(quiet, figure), at(beside, figure)]
    found[`${way} ${figure} ratio`] = during / before
    return `${before.toFixed(1)} | ${during.toFixed(1)} | ${(during / before).toFixed(1)}x`
  })
  const seconds = (alternations * settings.seconds) / 2
  const passes = [holdUps.quiet, holdUps.beside].map((all) => {
    const long = all.filter((ms) => ms > longPassMs)
    return `${Math.max(0, ...all).toFixed(0)} | ${(long.reduce((sum, ms) => sum + ms, 0) / seconds).toFixed(0)}`
  })
  console.log(`  | ${way} | ${[...words, ...passes].join(' | ')} |`)
}

/** Makes the one before the last an owner of the second room, fills it with long messages, and returns the token of a bot in it. */
async function prepare(mysql: MysqlAddress): Promise<string> {
  const db = new Db(mysql, 1)
  const room = firstRoom + 1
  const bot = talkers + 3
  const token = newBotToken()
  const now = new Date()
  const later = new Date(now.getTime() + 86_400_000)
  try {
    await db.run('UPDATE memberships SET role = ? WHERE room_id = ? AND user_id = ?', [
      'owner',
      room,
      talkers + 1,
    ])
    await db.run('INSERT INTO users (id, name, name_key, is_bot, created_at) VALUES (?)', [
      [bot, 'bench bot', 'bench bot', 1, now],
    ])
    await db.run('INSERT INTO bots (user_id, created_at) VALUES (?)', [[bot, now]])
    await db.run(
      'INSERT INTO sessions (user_id, token_hash, agent, created_at, used_at, expires_at) VALUES (?)',
      [[bot, tokenHash(token), 'bot', now, now, later]],
    )
    await db.run('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at) VALUES (?)', [
      [bot, room, 'member', 0, now],
    ])
    for (let seq = 1; seq <= longMessages; seq += 50) {
      const rows = Array.from({ length: 50 }, (_, i) => {
        const cid = Buffer.from(newCid().replaceAll('-', ''), 'hex')
        const text = `long word${seq + i} `.repeat(1_000).slice(0, 16_000)
        return [room, seq + i, 'message', 1, 'guest 1', cid, text, 1_700_000_000_000 + seq + i, 0, seq + i]
      })
      await db.run(
        'INSERT INTO messages (room_id, seq, kind, user_id, user_name, cid, text, log_ms, log_n, updated_seq) VALUES ?',
        [rows],
      )
    }
  } finally {
    await db.close()
  }
  return token
}
