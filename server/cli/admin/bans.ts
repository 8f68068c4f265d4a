// `brook admin ban`, `suspend`, `unban` and `bans`. The rules are those of administrators (moderation/bans.ts); running servers are told, and
// ask by themselves a moment later.
import type { Db } from '../../db.ts'
import { BanList } from '../../moderation/ban-list.ts'
import { Bans, bansOfPeople } from '../../moderation/bans.ts'
import { cleanNetwork } from '../../moderation/networks.ts'
import { messageOf } from '../../protocol/errors.ts'
import { limits } from '../../protocol/limits.ts'
import type { Ban } from '../../protocol/moderation.ts'
import { withStores } from '../open-stores.ts'
import type { ReadyConfig } from '../ready.ts'
import { UsageError, type Given } from '../verb.ts'
import { idCalled, utc, type AdminAction } from './action.ts'

interface NewBan {
  expiresInMs?: number
  reason?: string
}

interface BansAtHand {
  db: Db
  bans: Bans
}

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The flags of `ban`. @throws UsageError for a time that is none, or too long */
function readBan({ flags }: Given): NewBan {
  const { for: time, reason } = flags
  return {
    ...(typeof time === 'string' ? { expiresInMs: msOf(time) } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  }
}

function msOf(time: string): number {
  const [, number = '', unit = ''] = /^([1-9]\d{0,5})([mhd])$/.exec(time) ?? []
  const ms = Number(number) * (unitsMs[unit as keyof typeof unitsMs] ?? 0)
  if (ms > 0 && ms <= limits.bans.lastsMs) return ms
  throw new UsageError(`--for takes a time such as 30m, 12h or 7d, of ten years at most, not "${time}"`)
}

const withBans = (config: ReadyConfig, work: (at: BansAtHand) => Promise<string[]>): Promise<string[]> =>
  withStores(config, ({ db, redis }) => {
    const list = new BanList({ db, bus: redis.bus, onError: () => undefined })
    const bans = new Bans({
      db,
      list: {
        note: (tx) => list.note(tx),
        // This process ends now: it waits until Redis has it.
        changed: async () => void (await redis.bus.deliver({ kind: 'bans' })),
      },
    })
    return work({ db, bans })
  })

/** Whatever reads as an address is one. */
export const ban: AdminAction = {
  usage: 'NAME|ADDRESS',
  about:
    'keep a person, or whoever comes from an address or a range of them (203.0.113.0/24), out of the workspace',
  run: (whom, given) => {
    const newBan = readBan(given)
    return (config) =>
      withBans(config, async ({ db, bans }) => {
        const network = cleanNetwork(whom)
        const target = network === undefined ? { user: await idCalled(db, whom) } : { address: network }
        const made = await bans.make({}, { ...target, ...newBan })
        if ('code' in made) throw new UsageError(messageOf(made))
        return [`Banned: ${lineOf(made.ban)}`]
      })
  },
}

export const suspend: AdminAction = {
  usage: 'NAME',
  about:
    'suspend the account of a person: they cannot come in until it is lifted, or for as long as --for says',
  run: (whom, given) => {
    const newBan = readBan(given)
    return (config) =>
      withBans(config, async ({ db, bans }) => {
        const made = await bans.make({}, { user: await idCalled(db, whom), suspended: true, ...newBan })
        if ('code' in made) throw new UsageError(messageOf(made))
        return [`Suspended: ${lineOf(made.ban)}`]
      })
  },
}

export const unban: AdminAction = {
  usage: 'NAME|ADDRESS',
  about: 'lift such a ban, or a suspension',
  run: (whom) => (config) =>
    withBans(config, async ({ db, bans }) => {
      const network = cleanNetwork(whom)
      const held = network === undefined ? await banOfPerson(db, whom) : await bans.ofNetwork(network)
      if (held === undefined || !(await bans.end({}, held.id))) throw new UsageError(`${whom} is not banned`)
      return [`${nameOf(held)} is no longer ${held.suspended === true ? 'suspended' : 'banned'}.`]
    }),
}

export const bans: AdminAction = {
  about: 'list the bans and suspensions',
  reads: true,
  run: () => (config) => withBans(config, allLines),
}

async function allLines({ bans: all }: BansAtHand): Promise<string[]> {
  const lines: string[] = []
  for (let before: string | null | undefined; before !== null;) {
    const page = await all.list({ limit: limits.bans.page.max, ...(before === undefined ? {} : { before }) })
    lines.push(...page.bans.map((one) => `${one.suspended === true ? 'suspended: ' : ''}${lineOf(one)}`))
    before = page.next
  }
  return lines.length > 0 ? lines : ['Nobody is banned.']
}

async function banOfPerson(db: Db, name: string): Promise<Ban | undefined> {
  const id = await idCalled(db, name)
  return (await bansOfPeople(db, [BigInt(id)])).get(id)
}

const nameOf = ({ user, address }: Ban): string => user?.name ?? address ?? ''

/** Eve, until 2026-12-07 17:06 UTC, by Root: Too loud */
function lineOf(held: Ban): string {
  const { by, reason, expiresAt, suspended } = held
  const end = suspended === true ? 'until lifted' : 'for good'
  const until = expiresAt === null ? end : `until ${utc(expiresAt)}`
  const made = by === null ? 'on the command line' : `by ${by.name}`
  return `${nameOf(held)}, ${until}, ${made}${reason === '' ? '' : `: ${reason}`}`
}
