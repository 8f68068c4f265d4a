// brook import: history from elsewhere. Running it again adds what is new; what was interrupted goes on.
import { Db } from '../../db.ts'
import { readConfig } from '../../config.ts'
import { claimAccount } from '../../import/claim.ts'
import { duration } from '../../import/progress.ts'
import { OtherBrook } from '../../import/brook/source.ts'
import { Remote } from '../../import/brook/remote.ts'
import { Report } from '../../import/report.ts'
import { runImport, type Summary } from '../../import/run.ts'
import { SlackExport } from '../../import/slack/export.ts'
import type { Refuse, Source } from '../../import/source.ts'
import { nameKey } from '../../protocol/names.ts'
import { stopSignal } from '../drain.ts'
import { openReady, type ReadyConfig } from '../ready.ts'
import { UsageError, wholeFlag, type Given, type Surroundings, type Verb } from '../verb.ts'

/** What the log bears in a second on two cores with room to spare; see docs/PERFORMANCE.md. */
const usualRate = 5_000

/** Done, but something that was meant to be taken was not. */
const withLosses = 3
const interrupted = 130

export const importVerb: Verb = {
  usage: 'import slack <export.zip> | brook <url> --token T | claim <name>',
  about:
    'Bring in rooms and history: a Slack export, or another Brook. Again: only what is new. claim lets\n' +
    'somebody sign in to an imported account. See docs/import.md.',
  options: {
    'dry-run': { type: 'boolean', about: 'read everything and tell what would be taken; change nothing' },
    rate: {
      type: 'string',
      value: 'N',
      about: `entries a second that the log bears (${usualRate}); 80 of 100 are taken, 50 while people talk`,
    },
    token: {
      type: 'string',
      value: 'T',
      about: 'of a bot or a session of the other Brook (or IMPORT_TOKEN)',
    },
    rooms: { type: 'string', value: 'A,B', about: 'only these rooms' },
    'match-users': { type: 'boolean', about: 'who has the same name here is the same person' },
    owner: { type: 'string', value: 'NAME', about: 'who comes into the private rooms and owns them' },
    report: {
      type: 'string',
      value: 'FILE',
      about: 'where to write what was not taken (brook-import.txt)',
    },
  },
  words: 2,
  async run(given, at) {
    if (given.words[0] === 'claim') return claim(given.words[1], at)
    const report = new Report(String(given.flags['report'] ?? 'brook-import.txt'))
    const source = await openSource(given, report.add, at)
    try {
      return await bring(source, report, given, at)
    } finally {
      source.close()
    }
  },
}

async function claim(name: string | undefined, { env, say, print }: Surroundings): Promise<number> {
  if (name === undefined) throw new UsageError('whose account? For example: brook import claim ann')
  const { config, stores } = await openReady(readConfig(env), say, { verb: 'brook import', alone: false })
  const db = new Db(config.mysql, 1)
  try {
    const password = await claimAccount(db, name)
    if (password === undefined)
      throw new UsageError(`nobody imported is called "${name}" and has no password yet`)
    print(`${name} signs in with this password, shown once, and should then set another: ${password}`)
    return 0
  } finally {
    await db.close()
    await stores.stop()
  }
}

async function openSource(given: Given, refuse: Refuse, { env, say }: Surroundings): Promise<Source> {
  const [kind, from] = given.words
  switch (kind) {
    case 'slack':
      if (from === undefined) throw new UsageError('which file? For example: brook import slack export.zip')
      return SlackExport.open(from, refuse)
    case 'brook': {
      const url = from !== undefined && URL.canParse(from) ? new URL(from) : undefined
      if (url === undefined || !/^https?:$/.test(url.protocol))
        throw new UsageError(
          'which Brook? For example: brook import brook https://chat.example.org --token T',
        )
      const token = given.flags['token'] ?? env['IMPORT_TOKEN']
      if (typeof token !== 'string' || token === '')
        throw new UsageError('--token is missing: one of a bot or a session of the other Brook')
      return new OtherBrook(url.origin, new Remote({ address: url.origin, token, say }), refuse)
    }
    default:
      throw new UsageError('import from where? brook import slack <export.zip>, or brook import brook <url>')
  }
}

async function bring(source: Source, report: Report, given: Given, at: Surroundings): Promise<number> {
  const rate = wholeFlag(given, 'rate') ?? usualRate
  const dryRun = given.flags['dry-run'] === true
  const stop = new AbortController()
  void stopSignal(at.say).then((signal) => stop.abort(new Error(signal)))
  const { config, stores } = await openReady(readConfig(at.env), at.say, {
    verb: 'brook import',
    alone: false,
  })
  try {
    const owner = await ownerOf(config, given)
    const rooms = given.flags['rooms']
    const summary = await runImport({
      ...{ config, source, rate, dryRun, say: at.say, signal: stop.signal, refuse: report.add },
      matchUsers: given.flags['match-users'] === true,
      ...(owner === undefined ? {} : { owner }),
      ...(typeof rooms === 'string' ? { only: rooms.split(',').map((name) => name.trim()) } : {}),
    })
    for (const line of [...summaryLines(summary, dryRun), ...(await report.close())]) at.print(line)
    return report.losses > 0 ? withLosses : 0
  } catch (error) {
    if (!stop.signal.aborted) throw error
    await report.close()
    at.say('Interrupted. What was taken is kept; the same command goes on from there.')
    return interrupted
  } finally {
    await stores.stop()
  }
}

async function ownerOf(config: ReadyConfig, given: Given): Promise<string | undefined> {
  const name = given.flags['owner']
  if (typeof name !== 'string') return undefined
  const db = new Db(config.mysql, 1)
  try {
    const [row] = await db.rows<{ id: number }>('SELECT id FROM users WHERE name_key = ?', [nameKey(name)])
    if (row === undefined) throw new UsageError(`there is nobody called "${name}"`)
    return String(row.id)
  } finally {
    await db.close()
  }
}

function summaryLines(summary: Summary, dryRun: boolean): string[] {
  const { rooms, people, matched, messages, known, edits, deletions, reactions, read, seconds } = summary
  const rate = Math.round(read / Math.max(0.001, seconds))
  return [
    `${dryRun ? 'Would be taken' : 'Taken'} from ${rooms} rooms in ${duration(seconds * 1_000)} (${rate} messages a second):`,
    `  ${messages} messages and ${reactions} reactions; ${edits} edits and ${deletions} deletions of known ones`,
    `  ${known} messages were here already`,
    `  ${people} accounts made${matched > 0 ? `, ${matched} people found here by name` : ''}`,
  ]
}
