// npm run bench: runs the rounds of each case, one contender after the other, and prints the results. It exits with 1 if
// something was missing, doubled or out of order; never because of a time.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { append } from './cases/append.ts'
import { against, compile } from './cases/before.ts'
import type { Case, Round, Settings } from './cases/case.ts'
import { backup } from './cases/backup.ts'
import { channel } from './cases/channel.ts'
import { cursors } from './cases/cursors.ts'
import { doctor } from './cases/doctor.ts'
import { fairness } from './cases/fairness.ts'
import { history } from './cases/history.ts'
import { idle } from './cases/idle.ts'
import { notify } from './cases/notify.ts'
import { previews } from './cases/previews.ts'
import { readMarkers } from './cases/read-markers.ts'
import { shards } from './cases/shards.ts'
import { start } from './cases/start.ts'
import { sync } from './cases/sync.ts'
import { tail } from './cases/tail.ts'
import { calm, cores, few, huge, many, mentions, room, saturation, sustained } from './cases/talking.ts'
import { web } from './cases/web.ts'
import { printProfile, printRound, printSummary, printTargets, summarise, type Summary } from './report.ts'

const cases = {
  saturation,
  sustained,
  few,
  huge,
  many,
  calm,
  room,
  mentions,
  idle,
  append,
  shards,
  sync,
  history,
  cursors,
  start,
  web,
  cores,
  tail,
  channel,
  fairness,
  'read-markers': readMarkers,
  notify,
  previews,
  backup,
  doctor,
} as Record<string, Case>

const usage = `npm run bench [case ...] [-- options]
  cases               ${Object.keys(cases).join(' ')} (all of them when none is named)
  --rounds N          rounds of each contender (3)
  --alone             without the peers
  --against DIR       with one peer: another checkout of this repository, such as a worktree of the commit before, in
                      which \`npm ci\` was run
  --json FILE         keep settings, machine, rounds and medians
  --profile DIR       keep CPU profiles of the server's measured time, and print where it went
  --seconds N         measured seconds of a round (5)
  --sockets N         sockets in the room (1000)
  --crowd N           sockets of \`many\`, \`huge\` and \`idle\` (10000)
  --per-second N      messages a second in \`room\` (100), and a third of those in \`mentions\`
  --in-flight N       messages under way in \`saturation\` (500)
  --entries N         entries of \`append\`, \`shards\`, \`sync\` and \`tail\` (100000)
  --rows N            messages of the room of \`history\` (1000000); \`backup\` has a fifth of them
  --ways TEXT         of \`fairness\`, only the ways to misbehave whose name contains this,
                      or one of several after commas
  --threads N         threads of the load client (1)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    alone: { type: 'boolean', default: false },
    against: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    sockets: { type: 'string', default: '1000' },
    crowd: { type: 'string', default: '10000' },
    'per-second': { type: 'string', default: '100' },
    'in-flight': { type: 'string', default: '500' },
    entries: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '1000000' },
    threads: { type: 'string', default: '1' },
    ways: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

const chosen = positionals.length === 0 ? Object.keys(cases) : positionals
const unknown = chosen.filter((name) => !Object.hasOwn(cases, name))
if (values.help || unknown.length > 0) {
  for (const name of unknown) console.error(`bench: there is no case ${name}`)
  console.log(usage)
  process.exit(unknown.length > 0 ? 2 : 0)
}

const settings: Settings = {
  sockets: Number(values.sockets),
  threads: Number(values.threads),
  seconds: Number(values.seconds),
  crowd: Number(values.crowd),
  perSecond: Number(values['per-second']),
  inFlight: Number(values['in-flight']),
  entries: Number(values.entries),
  rows: Number(values.rows),
  ways: values.ways,
  profiles: values.profile,
}
if (settings.profiles !== undefined) mkdirSync(settings.profiles, { recursive: true })

/** What the figures depend on, printed with them. */
function machine(): Record<string, string | number> {
  const ask = (...[program = '', ...words]: string[]): string => {
    const { stdout } = spawnSync(program, words, { encoding: 'utf8' })
    return (stdout ?? '').trim().slice(0, 100)
  }
  const [cpu] = os.cpus()
  return {
    cpu: cpu?.model ?? '',
    cores: os.cpus().length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    node: process.version,
    loadAtStart: os.loadavg()[0] ?? 0,
    redis: ask('redis-server', '--version'),
    mariadb: ask('mariadbd', '--version'),
    commit: ask('git', 'describe', '--always', '--dirty'),
  }
}

interface Played {
  seconds: number
  summaries: Summary[]
  rounds: Record<string, Round[]>
}

async function play(one: Case): Promise<Played> {
  const began = performance.now()
  const count = Number(values.rounds)
  console.log(`\n${one.name}: ${one.about(settings)}`)
  const contenders = values.alone ? one.contenders.slice(0, 1) : one.contenders
  const rounds: Record<string, Round[]> = Object.fromEntries(contenders.map((name) => [name, []]))
  for (let number = 1; number <= count; number += 1)
    for (const contender of contenders) {
      const round = await one.round(contender, settings, number)
      rounds[contender]?.push(round)
      printRound(one, `${number} ${contender}`, round)
    }
  const summaries = summarise(one, rounds)
  printSummary(one, summaries)
  const seconds = (performance.now() - began) / 1_000
  console.log(`  took ${seconds.toFixed(0)} s`)
  return { seconds, summaries, rounds }
}

if (values.against !== undefined) compile(values.against)
const before = machine()
console.log(
  Object.entries(before)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · '),
)
const played: Record<string, Played> = {}
for (const name of chosen) {
  const one = cases[name]
  if (one === undefined) continue
  played[name] = await play(values.against === undefined ? one : against(one, values.against))
}
printTargets(
  Object.entries(played).map(([name, { summaries }]) => ({ name, aim: cases[name]?.aim, summaries })),
)
if (settings.profiles !== undefined)
  for (const file of readdirSync(settings.profiles).sort()) printProfile(path.join(settings.profiles, file))
if (values.json !== undefined)
  writeFileSync(values.json, JSON.stringify({ at: new Date(), machine: before, settings, played }, null, 2))
const isWhole = Object.values(played)
  .flatMap(({ rounds }) => Object.values(rounds).flat())
  .every(({ wrong }) => wrong.length === 0)
process.exitCode = isWhole ? 0 : 1
