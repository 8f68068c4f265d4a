// The command line: the table of verbs, and how a failure is reported. A failure of the environment is one line;
// only our own bugs show a stack.
import { fileURLToPath } from 'node:url'
import { BackupError } from '../backup/backup-error.ts'
import { ConfigError } from '../config.ts'
import { UnclearRoom } from '../history/find-room.ts'
import { ImportError } from '../import/source.ts'
import { BulkEnded } from '../log/bulk.ts'
import { logLastWords } from '../logging/last-words.ts'
import { openLogger, sayTo } from '../logging/logger.ts'
import type { Say } from '../logging/say.ts'
import { MigrationError } from '../migrate.ts'
import { StoreError } from '../stores/programs.ts'
import { helpOf, helpOfAll } from './help.ts'
import { OutputClosed, printTo } from './output.ts'
import { PortError } from './port.ts'
import { terminal } from './terminal.ts'
import { readGiven, UsageError, type Surroundings, type Verb } from './verb.ts'
import { admin } from './verbs/admin.ts'
import { bot } from './verbs/bot.ts'
import { bots } from './verbs/bots.ts'
import { build } from './verbs/build.ts'
import { configVerb } from './verbs/config.ts'
import { backup } from './verbs/backup.ts'
import { restore } from './verbs/restore.ts'
import { dead } from './verbs/dead.ts'
import { dev } from './verbs/dev.ts'
import { doctor } from './verbs/doctor.ts'
import { exportVerb } from './verbs/export.ts'
import { files } from './verbs/files.ts'
import { history } from './verbs/history.ts'
import { importVerb } from './verbs/import.ts'
import { migrate } from './verbs/migrate.ts'
import { reindex } from './verbs/reindex.ts'
import { server } from './verbs/server.ts'
import { start } from './verbs/start.ts'
import { status } from './verbs/status.ts'
import { sync } from './verbs/sync.ts'
import { user } from './verbs/user.ts'

export const verbs: Record<string, Verb> = {
  start,
  server,
  sync,
  status,
  migrate,
  history,
  reindex,
  export: exportVerb,
  files,
  import: importVerb,
  backup,
  restore,
  dead,
  doctor,
  admin,
  user,
  config: configVerb,
  bot,
  bots,
  dev,
  build,
}

/** Runs what was typed after `brook` and returns the exit code: 0, 1 (failed) or 2 (usage error). */
export async function main(args: string[], at: Surroundings): Promise<number> {
  const { say, print } = at
  const [name, ...rest] = args
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      print(helpOfAll(verbs))
      return name === undefined ? 2 : 0
    }
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (verb === undefined)
      throw new UsageError(`unknown verb "${name}". Verbs: ${Object.keys(verbs).join(', ')}`)
    const given = readGiven(name, verb, rest)
    if (given.help) print(helpOf(verb))
    else return (await verb.run(given, at)) ?? 0
    return 0
  } catch (error) {
    if (error instanceof OutputClosed) return 0
    say(`brook: ${describe(error)}`, 'error')
    return error instanceof UsageError || error instanceof UnclearRoom ? 2 : 1
  }
}

const forPeople = [
  BackupError,
  BulkEnded,
  ConfigError,
  ImportError,
  MigrationError,
  PortError,
  StoreError,
  UnclearRoom,
  UsageError,
]
/** Errors of the operating system: the message names the file, and a stack would add nothing. */
const ofTheSystem = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EISDIR']

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isPlain = forPeople.some((kind) => error instanceof kind)
  if (isPlain || ofTheSystem.includes((error as NodeJS.ErrnoException).code ?? '')) return error.message
  return error.stack ?? error.message
}

/** `brook sync` runs until it is stopped, `brook sync now` answers. */
const isProcess = ([name = '', first = '']: string[]): boolean =>
  Object.hasOwn(verbs, name) && verbs[name]?.isProcess === true && !/^\w/.test(first)

/** What `brook start` says is read by whatever gathers logs, unless a person sits there; `brook sync now` is for a person. */
function sayFor(args: string[], { LOG_FORMAT: format }: NodeJS.ProcessEnv): Say {
  const [name = ''] = args
  const isLog = format === 'json' || (format !== 'text' && !process.stderr.isTTY)
  if (!isProcess(args) || !isLog) return terminal(process.stderr)
  const logger = openLogger({ level: 'info', format: 'json', base: { process: name } })
  logLastWords(logger)
  return sayTo(logger)
}

const lingerMs = 1_000

/** For the process of this command line. It exits a second after the end, whatever still holds it open. */
export async function runToEnd(args: string[]): Promise<void> {
  process.exitCode = await main(args, {
    env: process.env,
    say: sayFor(args, process.env),
    print: printTo({ out: process.stdout, log: process.stderr }, { servesOthers: isProcess(args) }),
  })
  setTimeout(() => process.exit(), lingerMs).unref()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runToEnd(process.argv.slice(2))
