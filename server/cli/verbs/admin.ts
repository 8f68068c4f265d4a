// brook admin: lists and changes the administrators, prints the link that makes one, bans, and lists reports. A change applies to open browsers
// at once.
import { Administrators, type Objection } from '../../account/administrators.ts'
import { Sessions } from '../../account/sessions.ts'
import { newOwnerUrl, newResetUrl } from '../owner-link.ts'
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { RedisProvider } from '../../redis/provider.ts'
import { openExisting, type ReadyConfig } from '../ready.ts'
import { ban, listBans, readBan, unban, withBans, type NewBan } from '../bans.ts'
import { listRequests } from '../join-requests.ts'
import { exportPerson, renamePerson } from '../people.ts'
import { listReports } from '../reports.ts'
import { UsageError, type Verb } from '../verb.ts'

const actions = [
  'list',
  'add',
  'remove',
  'link',
  'reset',
  'ban',
  'unban',
  'bans',
  'reports',
  'requests',
  'rename',
  'export-person',
] as const
type Action = (typeof actions)[number]

const isAction = (word: string | undefined): word is Action => actions.some((action) => action === word)

export const admin: Verb = {
  usage:
    'admin list | add NAME | remove NAME | link | reset NAME | ban NAME|ADDRESS | unban NAME|ADDRESS | bans | reports | requests | ' +
    'rename NAME NEW | export-person NAME',
  about:
    'List, add or remove administrators; ban people. link: print a link that creates an administrator. reset: print a link by ' +
    'which somebody sets a new password. ban: keep a person, or whoever comes from an address or a range of them ' +
    '(203.0.113.0/24), out of the workspace. unban: lift that. bans: list them. reports: ' +
    'list what people reported and rules held for review, as far as nobody has handled it. requests: list those who ask to join. ' +
    'rename: give somebody another name; they are told. export-person: write everything of somebody as JSON lines.',
  options: {
    'second-factor': { type: 'boolean', about: 'with reset: takes their second factor away too' },
    for: { type: 'string', value: 'TIME', about: 'with ban: for so long, such as 30m, 12h or 7d (for good)' },
    reason: { type: 'string', value: 'TEXT', about: 'with ban and rename: why; whoever it is about is told' },
    out: { type: 'string', value: 'FILE', about: 'with export-person: output file (standard output)' },
  },
  positionals: 3,
  async run(given, { env, say, print }) {
    const [action, name, wanted] = given.positionals
    if (!isAction(action))
      throw new UsageError(`say what to do: ${actions.join(', ')}. See: brook admin --help`)
    if (takesName.has(action) && name === undefined)
      throw new UsageError(`who? For example: brook admin ${action} ann`)
    if (action === 'rename' && wanted === undefined)
      throw new UsageError('what are they called? For example: brook admin rename ann "Ann Lee"')
    if (action !== 'rename' && wanted !== undefined) throw new UsageError(`what is "${wanted}"?`)
    const newBan = action === 'ban' ? readBan(given) : {}
    const { config, stores } = await openExisting(readConfig(env), say, 'brook admin', {
      reads: reading.has(action),
    })
    try {
      const takesFactor = given.flags['second-factor'] === true
      const { out, reason: note = '' } = given.flags
      for (const line of await linesOf(config, action, name ?? '', {
        ...newBan,
        takesFactor,
        wanted: wanted ?? '',
        note: String(note),
        out: typeof out === 'string' ? out : undefined,
      }))
        print(line)
    } finally {
      await stores.stop()
    }
  },
}

const reading: ReadonlySet<Action> = new Set(['list', 'bans', 'reports', 'requests'])
const takesName: ReadonlySet<Action> = new Set([
  'add',
  'remove',
  'reset',
  'ban',
  'unban',
  'rename',
  'export-person',
])

interface Asked {
  takesFactor: boolean
  /** A new name, and why. */
  wanted: string
  note: string
  /** A file. */
  out: string | undefined
}

async function linesOf(
  config: ReadyConfig,
  action: Action,
  name: string,
  { takesFactor, wanted, note, out, ...newBan }: NewBan & Asked,
): Promise<string[]> {
  switch (action) {
    case 'link':
      return [await newOwnerUrl(config)]
    case 'reset':
      return [await newResetUrl(config, name, takesFactor)]
    case 'ban':
      return withBans(config, (door) => ban(door, name, newBan))
    case 'unban':
      return withBans(config, (door) => unban(door, name))
    case 'bans':
      return withBans(config, listBans)
    case 'requests':
      return listRequests(config)
    case 'reports':
      return listReports(config)
    case 'rename':
      return renamePerson(config, { name, wanted, note })
    case 'export-person':
      return exportPerson(config, name, out)
    default:
      return withAdministrators(config, (all) => perform(action, name, all))
  }
}

async function withAdministrators<T>(
  config: ReadyConfig,
  work: (all: Administrators) => Promise<T>,
): Promise<T> {
  const redis = new RedisProvider(config.redis)
  const db = new Db(config.mysql, 1)
  try {
    const sessions = new Sessions(db, redis.cache, { deliver: () => Promise.resolve(true) })
    await redis.ready(10_000)
    return await work(new Administrators(db, sessions, redis.bus))
  } finally {
    redis.close()
    await db.close()
  }
}

async function perform(
  action: 'list' | 'add' | 'remove',
  name: string,
  all: Administrators,
): Promise<string[]> {
  switch (action) {
    case 'list': {
      const names = (await all.list()).map((person) => person.name)
      return names.length > 0
        ? names
        : ['No administrators yet. Run brook admin link for the address that makes one.']
    }
    case 'add': {
      const added = await all.add(name)
      if (typeof added === 'string') throw new UsageError(objections[added](name))
      return [`${added.name} is an administrator.`]
    }
    case 'remove': {
      const removed = await all.remove(name)
      if (typeof removed === 'string') throw new UsageError(objections[removed](name))
      return [`${removed.name} is no longer an administrator.`]
    }
  }
}

const objections: Record<Objection, (name: string) => string> = {
  nobody: (name) => `there is nobody with the name "${name}"`,
  guest: (name) => `${name} is a guest; only a person with a password can be an administrator`,
  already: (name) => `${name} is already an administrator`,
  'no-admin': (name) => `${name} is not an administrator`,
  last: (name) => `${name} is the last administrator; add another first`,
}
