// brook import: imports history. Running it again adds only what is new, and continues after an interruption.
import { Db } from '../../db.ts'
import { readConfig } from '../../config.ts'
import { claimAccount } from '../../import/claim.ts'
import { duration } from '../../import/progress.ts'
import { ExportedRooms } from '../../import/jsonl/source.ts'
import { OtherBrook } from '../../import/brook/source.ts'
import { Remote } from '../../import/brook/remote.ts'
import { Report } from '../../import/report.ts'
import { runImport, type Summary } from '../../import/run.ts'
import { fetchedFiles } from '../../import/slack/fetched-files.ts'
import { folderFiles } from '../../import/slack/packed-files.ts'
import type { SlackBytes } from '../../import/slack/message.ts'
import { SlackExport } from '../../import/slack/export.ts'
import type { Refuse, Source } from '../../import/source.ts'
import { idByName } from '../../naming/names-taken.ts'
import { nameKey } from '../../protocol/names.ts'
import { stopSignal } from '../drain.ts'
import { openExisting, openReady, type ReadyConfig } from '../ready.ts'
import { UsageError, wholeFlag, type Given, type Surroundings, type Verb } from '../verb.ts'

/** Entries per second that the log can easily take on two cores; see docs/PERFORMANCE.md. */
const defaultRate = 5_000

/** Done, but something could not be imported. */
const withLosses = 3
const interrupted = 130

export const importVerb: Verb = {
  usage: 'import slack <export.zip> | brook <url> --token T | jsonl <file> | claim <name>',
  about:
    'Import rooms and history from a Slack export (a zip file or its folder), another Brook, or what brook export has written ' +
    'as JSON lines; a repeated import adds only what is new.\n' +
    'claim lets a person sign in to an imported account. See docs/import.md.',
  options: {
    'dry-run': {
      type: 'boolean',
      about: 'read everything and report what would be imported; change nothing',
    },
    rate: {
      type: 'string',
      value: 'N',
      about: `entries per second that the log can take (${defaultRate}); the import uses 80 % of it, 50 % while people talk`,
    },
    token: {
      type: 'string',
      value: 'T',
      about: 'token of a bot or a session of the other Brook, or of an app of Slack (or IMPORT_TOKEN)',
    },
    rooms: { type: 'string', value: 'A,B', about: 'only these rooms' },
    files: {
      type: 'string',
      value: 'FOLDER',
      about: 'Slack: the folder with the bytes of its files, named with their ids (F024BERPE-plan.pdf)',
    },
    'fetch-files': {
      type: 'boolean',
      about: 'Slack: fetch the bytes of its files from Slack, with --token if the addresses have none',
    },
    'without-files': { type: 'boolean', about: 'another Brook: only the names of files' },
    'match-users': { type: 'boolean', about: 'treat people with the same name here as the same person' },
    owner: {
      type: 'string',
      value: 'NAME',
      about: 'person to add to imported private rooms, as the owner if they have none',
    },
    report: {
      type: 'string',
      value: 'FILE',
      about: 'file for the list of what was not imported (brook-import.txt)',
    },
  },
  positionals: 2,
  async run(given, at) {
    if (given.positionals[0] === 'claim') return claim(given.positionals[1], at)
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
  const { config, stores } = await openExisting(readConfig(env), say, 'brook import claim')
  const db = new Db(config.mysql, 1)
  try {
    const password = await claimAccount(db, name)
    if (password === undefined)
      throw new UsageError(`there is no imported account "${name}" without a password`)
    print(
      `${name} can sign in with this password, which is shown only once, and should then change it: ${password}`,
    )
    return 0
  } finally {
    await db.close()
    await stores.stop()
  }
}

async function openSource(given: Given, refuse: Refuse, { env, say }: Surroundings): Promise<Source> {
  const [kind, from] = given.positionals
  switch (kind) {
    case 'slack':
      if (from === undefined) throw new UsageError('which file? For example: brook import slack export.zip')
      return SlackExport.open(from, refuse, await slackFiles(given, env))
    case 'brook': {
      const url = from !== undefined && URL.canParse(from) ? new URL(from) : undefined
      if (url === undefined || !/^https?:$/.test(url.protocol))
        throw new UsageError(
          'which Brook? For example: brook import brook https://chat.example.org --token T',
        )
      const token = given.flags['token'] ?? env['IMPORT_TOKEN']
      if (typeof token !== 'string' || token === '')
        throw new UsageError('--token is missing: the token of a bot or a session of the other Brook')
      return new OtherBrook(url.origin, new Remote({ address: url.origin, token, say }), refuse, {
        files: given.flags['without-files'] !== true,
      })
    }
    case 'jsonl':
      if (from === undefined) throw new UsageError('which file? For example: brook import jsonl lobby.jsonl')
      return ExportedRooms.open(from, refuse)
    default:
      throw new UsageError(
        'import from where? brook import slack <export.zip>, brook import brook <url>, or brook import jsonl <file>',
      )
  }
}

/** How the bytes of Slack's files are had; undefined: only those that are in the export. */
async function slackFiles(given: Given, env: NodeJS.ProcessEnv): Promise<SlackBytes | undefined> {
  const { files, token = env['IMPORT_TOKEN'], 'fetch-files': fetches } = given.flags
  if (typeof files === 'string') return folderFiles(files)
  if (fetches !== true) return undefined
  const { webhookPrivate } = readConfig(env)
  return fetchedFiles({ token: typeof token === 'string' ? token : undefined, mayBePrivate: webhookPrivate })
}

async function bring(source: Source, report: Report, given: Given, at: Surroundings): Promise<number> {
  const rate = wholeFlag(given, 'rate') ?? defaultRate
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
      config,
      source,
      rate,
      dryRun,
      say: at.say,
      signal: stop.signal,
      refuse: report.add,
      matchUsers: given.flags['match-users'] === true,
      ...(owner === undefined ? {} : { owner }),
      ...(typeof rooms === 'string' ? { only: rooms.split(',').map((name) => name.trim()) } : {}),
    })
    for (const line of [...summaryLines(summary, dryRun), ...(await report.close())]) at.print(line)
    return report.losses > 0 ? withLosses : 0
  } catch (error) {
    if (!stop.signal.aborted) throw error
    await report.close()
    at.say('Interrupted. What was imported is kept; the same command continues from there.')
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
    const id = await idByName(db, nameKey(name))
    if (id === undefined) throw new UsageError(`there is nobody with the name "${name}"`)
    return id
  } finally {
    await db.close()
  }
}

function summaryLines(summary: Summary, dryRun: boolean): string[] {
  const {
    rooms,
    people,
    matched,
    emoji,
    messages,
    known,
    edits,
    deletions,
    reactions,
    pins,
    votes,
    files,
    read,
    seconds,
  } = summary
  const rate = Math.round(read / Math.max(0.001, seconds))
  return [
    `${dryRun ? 'Would import' : 'Imported'} from ${rooms} rooms in ${duration(seconds * 1_000)} (${rate} messages a second):`,
    `  ${messages} messages, ${reactions} reactions, ${pins} pins and ${votes} votes; ${edits} edits and ${deletions} deletions of messages imported before`,
    ...(files === 0 ? [] : [`  ${files} files`]),
    `  ${known} messages were already here`,
    ...(emoji > 0 ? [`  ${emoji} emoji`] : []),
    `  ${people} accounts created${matched > 0 ? `, ${matched} people matched by name` : ''}`,
  ]
}
