// How long a search takes: a million messages in ten rooms, half of them Chinese, with realistic word frequencies (Zipf),
// on MariaDB, or the MySQL of TEST_MYSQLD, with default settings; compared with plain SQL (LIKE), and with --others with
// two other indexes. The messages are always the same.
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { Slices } from '../../server/channel/slices.ts'
import { Db } from '../../server/db.ts'
import { History } from '../../server/history/history.ts'
import { Tail } from '../../server/log/tail.ts'
import { limits } from '../../server/protocol/limits.ts'
import { indexAll } from '../../server/search/indexer.ts'
import { Search } from '../../server/search/search.ts'
import { fullText, rowForEach, tokensFor, type Other } from './search-others.ts'
import { chance } from './search-text.ts'
import { privateStores } from '../support/stores.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '50' },
    pool: { type: 'string', default: '128' },
    others: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const messages = Number(values.messages)
const rounds = Number(values.rounds)
const rooms = 10
const perRoom = messages / rooms

const stores = await privateStores()
const admin = new Db(stores.admin, 1)
const [server] = await admin.rows<{ version: string }>('SELECT VERSION() AS version')
const isMaria = /mariadb/i.test(server?.version ?? '')
// Default sizes instead of the small ones of tests.
await admin.run(`SET GLOBAL innodb_buffer_pool_size = ${Number(values.pool)} * 1048576`)
if (!isMaria) await admin.run('SET GLOBAL innodb_redo_log_capacity = 100 * 1048576')
const db = new Db(stores.mysql, 8)
const say = (line: string): void => void process.stderr.write(`${line}\n`)

try {
  await fill()
  const built = await build()
  const others = values.others ? [rowForEach(db, rooms), fullText(db, rooms)] : []
  for (const other of others) Object.assign(built, await buildOther(other))
  const table = await measure(others)
  const result = { at: new Date().toISOString(), cpu: os.cpus()[0]?.model, messages, rooms, built, table }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, null, 2))
  console.log(
    `\n${messages} messages in ${rooms} rooms, half Chinese; ${server?.version}, buffer pool ${values.pool} MB`,
  )
  console.table(built)
  console.table(table)
} finally {
  await admin.close()
  await db.close()
  await stores.stop()
}

async function fill(): Promise<void> {
  const say = chance(20_261_121)
  const start = Date.UTC(2024, 0, 1)
  const gap = 60_000_000_000 / messages
  for (let from = 0; from < messages; from += 2_000) {
    const rows = Array.from({ length: Math.min(2_000, messages - from) }, (_, i) => {
      const n = from + i
      const cid = Buffer.alloc(16)
      cid.writeUInt32BE(n, 0)
      const at = Math.floor(start + n * gap)
      const [room, seq] = [(n % rooms) + 1, Math.floor(n / rooms) + 1]
      return [room, seq, 'message', (n % 40) + 1, `p${n % 40}`, cid, say(n % 2 === 0), at, 0, seq]
    })
    await db.run(
      'INSERT INTO messages (room_id, seq, kind, user_id, user_name, cid, text, log_ms, log_n, updated_seq) VALUES ?',
      [rows],
    )
  }
}

async function build(): Promise<Record<string, string>> {
  const began = performance.now()
  let done = 0
  let told = began
  for await (const step of indexAll(db)) {
    done += step.messages
    if (performance.now() - told < 10_000) continue
    told = performance.now()
    say(`indexed ${done}, ${Math.round((done * 1_000) / (told - began))} a second`)
  }
  const seconds = (performance.now() - began) / 1_000
  const [count] = await db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM search_postings')
  return {
    'built at': `${Math.round(done / seconds)} messages/s`,
    index: await size('search_postings'),
    'rows of it': String(count?.n),
    messages: await size('messages'),
  }
}

async function buildOther({ name, table, build: fillIn }: Other): Promise<Record<string, string>> {
  const began = performance.now()
  await fillIn()
  const rate = Math.round((messages * 1_000) / (performance.now() - began))
  return { [`${name}: built at`]: `${rate} messages/s`, [`${name}: index`]: await size(table) }
}

/** On disk: FULLTEXT keeps its words in tables of its own, whose size only their files show. */
async function size(table: string): Promise<string> {
  const [here] = await db.rows<{ name: string }>('SELECT DATABASE() AS name')
  const sys = isMaria ? 'innodb_sys' : 'innodb'
  const [sum] = await admin.rows<{ bytes: string | null }>(
    `SELECT SUM(f.file_size) AS bytes FROM information_schema.${sys}_tables t
     JOIN information_schema.${sys}_tablespaces f
       ON f.name = t.name OR f.name LIKE CONCAT(?, '/FTS\\_', LPAD(LOWER(HEX(t.table_id)), 16, '0'), '%')
     WHERE t.name = ?`,
    [here?.name ?? '', `${here?.name}/${table}`],
  )
  return `${(Number(sum?.bytes ?? 0) / 1_048_576).toFixed(0)} MB`
}

interface Figure {
  kind: string
  query: string
  'p50 ms': number
  'p95 ms': number
  hits: number
  'LIKE p50 ms': number
  /** p95 of the other indexes. */
  [other: `${string} p95 ms`]: number
}

async function measure(others: readonly Other[]): Promise<Figure[]> {
  const heads = new Map(
    Array.from({ length: rooms }, (_, i) => [String(i + 1), { seq: perRoom, at: 0 }] as const),
  )
  const tail = new Tail({ ms: 0, n: 0 }, heads)
  const headOf = (room: string): number => tail.head(room)
  const search = new Search({
    db,
    history: new History(db, { tail: () => tail }),
    log: { head: headOf },
    slices: new Slices(limits.heavy),
  })
  const all = [...heads.keys()]
  const say = chance(7)
  const word = (from: number, to: number, chinese: boolean): string => say.word(from, to, chinese)
  const kinds: [string, () => string][] = [
    ['common word', () => word(0, 20, false)],
    ['common character', () => say.character(0, 20)],
    ['common two characters', () => word(0, 50, true)],
    ['middling word', () => word(500, 2_000, false)],
    ['middling two characters', () => word(500, 2_000, true)],
    ['rare word', () => word(15_000, 30_000, false)],
    ['rare two characters', () => word(15_000, 30_000, true)],
    ['rare character', () => say.character(2_000, 3_000)],
    ['two common words', () => `${word(0, 50, false)} ${word(0, 50, false)}`],
    ['common and Chinese, never together', () => `${word(0, 20, false)} ${word(0, 20, true)}`],
    ['phrase of three words', () => `"${word(0, 30, false)} ${word(0, 30, false)} ${word(0, 30, false)}"`],
    ['four characters', () => word(0, 200, true) + word(0, 200, true)],
    ['not there', () => 'zzyzxq'],
    ...[2, 3, 4, 6].map((letters): [string, () => string] => [
      `beginning of ${letters} letters`,
      () => `${word(0, 30_000, false).slice(0, letters)}*`,
    ]),
    ['rare beginning', () => `${word(15_000, 30_000, false).slice(0, -1)}*`],
    ['rare word and a beginning', () => `${word(15_000, 30_000, false)} ${word(0, 50, false).slice(0, 2)}*`],
  ]
  const figures: Figure[] = []
  for (const [kind, make] of kinds) {
    const times: number[] = []
    const otherTimes = others.map((): number[] => [])
    let hits = 0
    let example = ''
    for (let round = 0; round < rounds; round += 1) {
      example = make()
      const phrase = /^"(.*)"$/.exec(example)?.[1]
      const texts = phrase === undefined ? example.split(' ') : [phrase]
      const words = texts.map((text) => ({
        text: text.replace('*', ''),
        isPrefix: text.endsWith('*'),
      }))
      const began = performance.now()
      const answer = await search.find({
        rooms: all,
        words,
        from: undefined,
        has: [],
        files: [],
        since: undefined,
        until: undefined,
        cursor: undefined,
        limit: 20,
      })
      times.push(performance.now() - began)
      if ('hits' in answer) hits += answer.hits.length
      for (const [i, other] of others.entries()) {
        const tokens = texts.flatMap(tokensFor)
        const otherBegan = performance.now()
        await other.find(tokens)
        otherTimes[i]?.push(performance.now() - otherBegan)
      }
    }
    const like: number[] = []
    for (let round = 0; round < (messages > 300_000 ? 1 : 3); round += 1) {
      const began = performance.now()
      const parts = make().replaceAll(/["*]/g, '').split(' ')
      await db
        .rows(
          `SELECT room_id, seq FROM messages WHERE room_id IN (?) AND ${parts.map(() => 'text LIKE ?').join(' AND ')}
           ORDER BY log_ms DESC LIMIT 20`,
          [all, ...parts.map((part) => `%${part}%`)],
        )
        .catch(() => undefined)
      like.push(performance.now() - began)
    }
    const at = (of: number[], share: number): number => {
      const sorted = of.toSorted((a, b) => a - b)
      return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1))
    }
    figures.push({
      kind,
      query: example,
      'p50 ms': at(times, 0.5),
      'p95 ms': at(times, 0.95),
      hits: Math.round(hits / rounds),
      'LIKE p50 ms': at(like, 0.5),
      ...Object.fromEntries(others.map(({ name }, i) => [`${name} p95 ms`, at(otherTimes[i] ?? [], 0.95)])),
    })
    process.stderr.write(`${kind}: p95 ${at(times, 0.95)} ms\n`)
  }
  return figures
}
