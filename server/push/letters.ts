// What each device is to be sent of what is due: read once for all of them, and asked at the last moment whether it still matters.
import type { NotifySettings } from '../protocol/notify-settings.ts'
import { defaultNotifySettings } from '../protocol/notify-defaults.ts'
import { summaryTag, tagOfRoom } from '../protocol/push-payload.ts'
import { materialOf, newInRoom, pierces, summaryOf, type ComposeDeps, type Material } from './compose.ts'
import type { Letter } from './post.ts'
import type { PushQueue, Queued, Told } from './queue.ts'

export interface LettersDeps extends ComposeDeps {
  queue: PushQueue
  wanted: (ids: readonly string[]) => Promise<Set<string>>
  settingsOf: (users: readonly string[]) => Promise<Map<string, NotifySettings>>
  heldUntil: (users: readonly string[]) => Promise<Map<string, number>>
  /** How much each of these people has to do. */
  toDo: (users: readonly string[]) => Promise<Map<string, number>>
  /** What devices show of rooms: only that can be taken back. */
  isNewerShown: (rows: readonly Queued[]) => Promise<Set<string>>
}

/** One message for a device, and the rows of the queue that it settles. */
export interface Parcel {
  rows: Queued[]
  letter: Letter
}

export interface Sorted {
  /** By device, in the order in which they are sent. */
  parcels: Map<string, Parcel[]>
  /** Nothing is to be sent of these. */
  dropped: Queued[]
  /** Who is left alone until when, and what waits for then. */
  held: Map<string, { ids: string[]; untilMs: number }>
}

export async function lettersFor(deps: LettersDeps, rows: readonly Queued[]): Promise<Sorted> {
  const { queue, wanted, settingsOf, heldUntil, isNewerShown } = deps
  const users = [...new Set(rows.map(({ user }) => user))]
  const fresh = rows.filter(({ kind }) => kind === 'new')
  const [told, settings, held, summed, shownAnew] = await Promise.all([
    queue.told([...new Set(fresh.map(({ id }) => id))]),
    settingsOf(users),
    heldUntil(users),
    summariesOf(queue, rows),
    isNewerShown(rows.filter(({ kind }) => kind === 'read')),
  ])
  const inSummaries = [...summed.values()].flat()
  const left = await wanted([...told.keys(), ...inSummaries.map(({ id }) => id)])
  const isLeft = ({ id }: Told): boolean => left.has(id)
  const toCompose = [...told.values()].filter(isLeft)
  const ofDirects = inSummaries.filter(isLeft)
  const material = await materialOf(
    deps,
    [...toCompose, ...ofDirects],
    [...toCompose, ...firstOfEach(ofDirects)],
  )
  const sorting: Sorting = { told, settings, held, summed, left, material }
  const sorted: Sorted = { parcels: new Map(), dropped: [], held: new Map() }
  for (const group of groupsOf(rows)) sort(group, sorting, shownAnew, sorted)
  await putNumbers(deps, sorted.parcels)
  return sorted
}

/** The number on the app's icon: of everything that is to do, as every badge shows it. */
async function putNumbers({ toDo }: LettersDeps, parcels: Sorted['parcels']): Promise<void> {
  const all = [...parcels.values()].flat()
  const numbers = await toDo([...new Set(all.flatMap(({ rows }) => rows[0]?.user ?? []))])
  for (const { rows, letter } of all) {
    const badge = numbers.get(rows[0]?.user ?? '')
    if (badge !== undefined) letter.payload = { ...letter.payload, badge }
  }
}

interface Sorting {
  told: ReadonlyMap<string, Told>
  settings: ReadonlyMap<string, NotifySettings>
  held: ReadonlyMap<string, number>
  /** By user and first notification. */
  summed: ReadonlyMap<string, Told[]>
  left: ReadonlySet<string>
  material: Material
}

const keyOfSummary = ({ user, id }: Queued): string => `${user} ${id}`

async function summariesOf(queue: PushQueue, rows: readonly Queued[]): Promise<Map<string, Told[]>> {
  const summed = new Map<string, Told[]>()
  for (const row of rows)
    if (row.kind === 'summary' && !summed.has(keyOfSummary(row)))
      summed.set(keyOfSummary(row), await queue.toldBetween(row.user, row.id, row.lastId))
  return summed
}

/** The newest of each person and room: enough to name a direct room. */
function firstOfEach(told: readonly Told[]): Told[] {
  const firsts = new Map<string, Told>()
  for (const one of told)
    if (!firsts.has(`${one.user} ${one.room}`)) firsts.set(`${one.user} ${one.room}`, one)
  return [...firsts.values()]
}

/** What is one message: of one device all that is new in a room, and everything else by itself; older kinds first. */
function groupsOf(rows: readonly Queued[]): Queued[][] {
  const groups = new Map<string, Queued[]>()
  for (const row of rows) {
    const key = [row.device, row.kind, row.room, row.kind === 'new' ? '' : row.id].join(' ')
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const all = [...groups.values()]
  return [...all.filter(([row]) => row?.kind === 'read'), ...all.filter(([row]) => row?.kind !== 'read')]
}

function sort(rows: Queued[], sorting: Sorting, shownAnew: ReadonlySet<string>, sorted: Sorted): void {
  const [row] = rows
  if (row === undefined) return
  const settings = sorting.settings.get(row.user) ?? defaultNotifySettings
  const reader = { language: row.language, previews: settings.previews }
  const put = (letter: Letter | undefined, of: Queued[]): void => {
    if (letter === undefined) return void sorted.dropped.push(...of)
    const ttlMs = row.untilMs - Date.now()
    const parcel = { rows: of, letter: { ...letter, ttlMs } }
    sorted.parcels.set(row.device, [...(sorted.parcels.get(row.device) ?? []), parcel])
  }
  const untilMs = sorting.held.get(row.user)
  const hold = (of: readonly Queued[]): void => {
    if (untilMs === undefined || of.length === 0) return
    const ids = sorted.held.get(row.user)?.ids ?? []
    sorted.held.set(row.user, { untilMs, ids: [...ids, ...of.map(({ id }) => id)] })
  }
  switch (row.kind) {
    case 'read':
      return put(shownAnew.has(`${row.device} ${row.room}`) ? undefined : taken(row), rows)
    case 'summary': {
      if (untilMs !== undefined) return hold(rows)
      const told = (sorting.summed.get(keyOfSummary(row)) ?? []).filter(({ id }) => sorting.left.has(id))
      // One alone is told as itself.
      const one = told.length === 1 ? newInRoom(told, sorting.material, reader) : undefined
      return put(one ?? summaryOf(told, sorting.material, reader), rows)
    }
    case 'new': {
      const toldOf = ({ id }: Queued): Told | undefined => sorting.told.get(id)
      const wanted = rows.filter(({ id }) => sorting.left.has(id))
      sorted.dropped.push(...rows.filter(({ id }) => !sorting.left.has(id)))
      const isHeld = (one: Queued): boolean => {
        const about = toldOf(one)
        return untilMs !== undefined && about !== undefined && !pierces(settings, about)
      }
      hold(wanted.filter(isHeld))
      const sent = wanted.filter((one) => !isHeld(one))
      if (sent.length === 0) return
      const told = sent.flatMap((one) => toldOf(one) ?? []).sort((a, b) => a.seq - b.seq)
      return put(newInRoom(told, sorting.material, reader), sent)
    }
  }
}

const taken = ({ room, lastId }: Queued): Letter => {
  const tag = room === '0' ? summaryTag : tagOfRoom(room)
  return { payload: { type: 'gone', tag, id: lastId }, ttlMs: 0, urgency: 'normal', topic: tag }
}
