// Judges the clients' histories against what the stores hold: every acknowledged cid exactly once, an unknown one at most
// once, numbers dense, every client's view equal to history.
import type { Db } from '../../server/db.ts'
import { idsOf, readMentions } from '../../server/history/sql/mentions.ts'
import { decodeEntry } from '../../server/log/decode.ts'
import { compareIds, type StreamId } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import type { Redis } from '../../server/redis/client.ts'
import type { Histories, Violation } from './histories.ts'

/** An entry as a store has it. `content`: in the form that the clients' histories use. */
export interface Kept {
  room: string
  seq: number
  user: string
  content: string
  text: string | null
  /** Whom it names. Of rows only. */
  names?: readonly string[]
  id: StreamId
}

/** A change as its table has it; an edit of a deleted message no longer has its text. */
interface KeptChange {
  room: string
  seq: number
  target: number
  kind: 'edited' | 'deleted' | 'reacted'
  user: string
  cid: string
  text: string | null
  emoji: string | null
  on: number | null
}

export interface Evidence {
  rows: Kept[]
  stream: Kept[]
  changes: KeptChange[]
  /** By room and number: the state of a message with all its changes, as `stateOf` writes it. */
  states: Map<string, string>
  /** Numbers of entries that show nothing by themselves: changes, and unknown types. */
  silent: Set<string>
  dead: { id: string; reason: string; entry: string }[]
}

export interface Verdict {
  violations: Violation[]
  /** Acknowledged before `diskLostUntil` and lost with the disk: not promised. */
  lostByDisk: number
  unknown: number
  refused: number
}

interface NoticeBody {
  kind: string
  person?: { id: string }
}

const noticeContent = (user: string, notice: NoticeBody): string =>
  `${notice.kind} ${user} ${notice.person?.id ?? ''}`

const cidText = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

/** Reads everything from the stores, past the proxies. */
export async function gather(db: Db, redis: Redis): Promise<Evidence> {
  const found = await db.rows<{
    room: number
    seq: number
    kind: string
    user: number
    cid: string
    text: string | null
    notice: string | null
    mentions: string | null
    ms: number
    n: number
  }>(
    `SELECT room_id AS room, seq, kind, user_id AS user, LOWER(HEX(cid)) AS cid, text, notice, mentions, log_ms AS ms,
       log_n AS n
     FROM messages ORDER BY room_id, seq`,
  )
  const rows = found.map((row) => ({
    room: String(row.room),
    seq: row.seq,
    user: String(row.user),
    content:
      row.kind === 'message'
        ? cidText(row.cid)
        : noticeContent(String(row.user), JSON.parse(row.notice ?? '{}') as NoticeBody),
    text: row.text,
    names: idsOf(readMentions(row.mentions)),
    id: { ms: row.ms, n: row.n },
  }))
  const stream: Kept[] = []
  const changes = (
    await db.rows<KeptChange & { room: number | string; user: number | string }>(
      `SELECT room_id AS room, seq, target, kind, user_id AS user, LOWER(HEX(cid)) AS cid, text, emoji, is_on AS \`on\`
       FROM changes ORDER BY room_id, seq`,
    )
  ).map((row) => ({ ...row, room: String(row.room), user: String(row.user), cid: cidText(row.cid) }))
  const silent = new Set(changes.map(({ room, seq }) => `${room} ${seq}`))
  const states = await statesOf(db)
  for (const [id, fields] of await redis.xrange(keysOf(0).log, '-', '+')) {
    try {
      const { event, room, seq, cid, id: at } = decodeEntry(id, fields)
      if (event.type === 'unknown') silent.add(`${room} ${seq}`)
      else if (event.type === 'message')
        stream.push({ room, seq, user: event.user.id, content: cid, text: event.text, id: at })
      else if (event.type === 'notice') {
        const content = noticeContent(event.user.id, event.notice)
        stream.push({ room, seq, user: event.user.id, content, text: null, id: at })
      }
    } catch {
      // Not a valid entry: it is in the dead letters.
    }
  }
  const dead = (await redis.xrange(keysOf(0).dead, '-', '+')).map(([, fields]) => ({
    id: fields[1] ?? '',
    reason: fields[3] ?? '',
    entry: fields[5] ?? '',
  }))
  return { rows, stream, changes, states, silent, dead }
}

/** What a page of history is built from: the messages' own columns, and the reactions beside them. */
async function statesOf(db: Db): Promise<Map<string, string>> {
  const reacted = await db.rows<{ room: number; target: number; emoji: string; user: number }>(
    'SELECT room_id AS room, target, emoji, user_id AS user FROM reactions WHERE is_on = 1',
  )
  const by = new Map<string, string[]>()
  for (const { room, target, emoji, user } of reacted) {
    const place = `${room} ${target}`
    by.set(place, [...(by.get(place) ?? []), `${emoji}${user}`])
  }
  const found = await db.rows<{
    room: number
    seq: number
    text: string | null
    edited: number
    deleted: number
  }>(
    `SELECT room_id AS room, seq, text, edited_ms IS NOT NULL AS edited, deleted_ms IS NOT NULL AS deleted
     FROM messages WHERE kind = 'message'`,
  )
  return new Map(
    found.map(({ room, seq, text, edited, deleted }) => {
      const place = `${room} ${seq}`
      const state = [text ?? '', edited === 1, deleted === 1, (by.get(place) ?? []).sort()]
      return [place, JSON.stringify(state)]
    }),
  )
}

const isCid = (content: string): boolean => /^[0-9a-f-]{36}$/.test(content)

export interface Circumstances {
  /** Messages acknowledged before this time may have been lost with Redis's disk; they are counted and reported. */
  diskLostUntil?: number
  /** Others have sent messages too, and there is no history of them. */
  strangers?: boolean
}

export function judge(
  histories: Histories,
  { rows, stream, changes, states, silent, dead }: Evidence,
  { diskLostUntil = 0, strangers = false }: Circumstances = {},
): Verdict {
  const violations: Violation[] = [...histories.violations]
  const violate = (violation: Violation): void => void violations.push(violation)
  const byPlace = new Map<string, Kept>()
  const byCid = new Map<string, Kept>()

  // 1. Rows: one content per number, one number per cid, numbers dense and in the order of the log.
  let before: Kept | undefined
  for (const row of rows) {
    const { room, seq } = row
    byPlace.set(`${room} ${seq}`, row)
    if (isCid(row.content)) {
      const other = byCid.get(row.content)
      if (other !== undefined)
        violate({ kind: 'doubled', words: `also ${other.room}/${other.seq}`, room, seq, cid: row.content })
      byCid.set(row.content, row)
    }
    const isNext = before?.room === room
    for (let missing = (isNext ? (before?.seq ?? 0) : 0) + 1; missing < seq; missing += 1)
      if (!silent.has(`${room} ${missing}`) && diskLostUntil === 0)
        violate({ kind: 'not dense', words: 'no row has this number', room, seq: missing })
    if (isNext && before !== undefined && compareIds(before.id, row.id) >= 0)
      violate({ kind: 'disordered', words: 'its stream id is not above the one before', room, seq })
    before = row
  }

  const edits = new Map<string, KeptChange>()
  const deletions = new Set<string>()
  for (const change of changes) {
    const place = `${change.room} ${change.target}`
    if (change.kind === 'edited' && !deletions.has(place)) edits.set(place, change)
    if (change.kind === 'deleted') deletions.add(place)
  }
  /** Its text differs from the first version. */
  const isChanged = (room: string, seq: number): boolean =>
    edits.has(`${room} ${seq}`) || deletions.has(`${room} ${seq}`)

  // 2. What the stream still holds agrees with the rows; all of it was archived.
  const streamed = new Map<string, Kept>()
  for (const entry of stream) {
    const { room, seq, content } = entry
    const row = byPlace.get(`${room} ${seq}`)
    if (row === undefined)
      violate({
        kind: 'lost',
        words: 'in the stream, in no row, though all is archived',
        room,
        seq,
        cid: content,
      })
    else if (row.content !== content || (row.text !== entry.text && !isChanged(room, seq)))
      violate({ kind: 'differing', words: `stream ${content}, row ${row.content}`, room, seq })
    const twin = isCid(content) ? streamed.get(content) : undefined
    if (twin !== undefined)
      violate({ kind: 'doubled', words: `twice in the stream, also ${twin.seq}`, room, seq, cid: content })
    streamed.set(content, entry)
  }
  for (const letter of dead)
    violate({ kind: 'lost', words: `set aside: ${letter.reason} ${letter.entry.slice(0, 200)}` })

  // 3. What each client was told about its own messages.
  const verdict = { lostByDisk: 0, unknown: 0, refused: 0 }
  const newest = new Map<string, { seq: number; at: number }>()
  for (const said of histories.said.values()) {
    const { cid, room, by, user } = said
    const row = byCid.get(cid)
    if (said.refusal !== undefined) verdict.refused += 1
    else if (said.seq === undefined && said.promised !== true) verdict.unknown += 1
    if (said.refusal !== undefined && row !== undefined)
      violate({ kind: 'refused but there', words: said.refusal, room, seq: row.seq, cid })
    if (said.seq !== undefined && row === undefined) {
      if ((said.ackedAt ?? 0) < diskLostUntil) verdict.lostByDisk += 1
      else violate({ kind: 'lost', words: `${by} was told ${said.seq}`, room, seq: said.seq, cid })
    }
    if (said.promised === true && row === undefined)
      violate({ kind: 'lost', words: `${by} was promised`, room, cid })
    if (row === undefined) continue
    if (said.seq !== undefined && row.seq !== said.seq && (said.ackedAt ?? 0) >= diskLostUntil)
      violate({ kind: 'differing', words: `told ${said.seq}, kept as ${row.seq}`, room, seq: row.seq, cid })
    if (row.room !== room || row.user !== user || (row.text !== said.text && !isChanged(room, row.seq)))
      violate({ kind: 'differing', words: 'kept otherwise than it was said', room, seq: row.seq, cid })
    // One client's messages in one room are in the order in which it sent them.
    const own = newest.get(`${by} ${room}`)
    if (own !== undefined && row.seq < own.seq)
      violate({ kind: 'disordered', words: `${by} said it after ${own.seq}`, room, seq: row.seq, cid })
    newest.set(`${by} ${room}`, { seq: row.seq, at: said.at })
  }
  for (const row of strangers ? [] : rows)
    if (isCid(row.content) && row.text !== null && !histories.said.has(row.content))
      violate({ kind: 'invented', words: 'nobody said this', room: row.room, seq: row.seq, cid: row.content })

  // 3b. What each client was told about its own changes, and what became of them.
  const changeBy = new Map<string, KeptChange>()
  for (const change of changes) {
    const { room, seq, cid } = change
    const other = changeBy.get(cid) ?? byCid.get(cid)
    if (other !== undefined) violate({ kind: 'doubled', words: `also ${other.seq}`, room, seq, cid })
    changeBy.set(cid, change)
    if (!strangers && !histories.made.has(cid))
      violate({ kind: 'invented', words: `nobody made this ${change.kind}`, room, seq, cid })
  }
  for (const { cid, room, by, seq, refusal, change, ackedAt = 0 } of histories.made.values()) {
    const kept = changeBy.get(cid)
    if (refusal !== undefined) verdict.refused += 1
    else if (seq === undefined) verdict.unknown += 1
    if (refusal !== undefined && kept !== undefined)
      violate({ kind: 'refused but there', words: refusal, room, seq: kept.seq, cid })
    if (seq === undefined) continue
    // A reaction that already existed is acknowledged without an entry.
    if (kept === undefined && change.type !== 'react') {
      if (ackedAt < diskLostUntil) verdict.lostByDisk += 1
      else violate({ kind: 'lost', words: `${by} was told ${seq} for its ${change.type}`, room, seq, cid })
    }
    if (kept !== undefined && kept.seq !== seq && ackedAt >= diskLostUntil)
      violate({ kind: 'differing', words: `told ${seq}, kept as ${kept.seq}`, room, seq, cid })
  }
  for (const { room, target, cid, text } of edits.values()) {
    const row = byPlace.get(`${room} ${target}`)
    const made = histories.made.get(cid)
    const isGone = deletions.has(`${room} ${target}`)
    const wanted = isGone ? null : made?.change.type === 'edit' ? made.change.text : undefined
    if (wanted !== undefined && (row?.text !== wanted || text !== wanted))
      violate({ kind: 'differing', words: 'not the text of its last edit', room, seq: target, cid })
  }

  // 4. Each client has what history has, without a gap, up to where it believes to be complete.
  const heads = new Map<string, number>()
  for (const { room, seq } of rows) heads.set(room, Math.max(seq, heads.get(room) ?? 0))
  for (const [client, views] of histories.views) {
    for (const [room, { base, upTo, have, shown }] of views) {
      if (base === undefined) continue
      for (const [seq, state] of shown()) {
        const kept = states.get(`${room} ${seq}`)
        if (state !== 'notice' && kept !== undefined && kept !== state)
          violate({ kind: 'differing', words: `${client} shows ${state}, history ${kept}`, room, seq })
      }
      for (let seq = base + 1; seq <= Math.max(upTo, have.length - 1); seq += 1) {
        const row = byPlace.get(`${room} ${seq}`)
        const own = have[seq]
        if (own !== undefined && row?.content !== own)
          violate({ kind: 'differing', words: `${client} has ${own}, history ${row?.content}`, room, seq })
        if (own === undefined && row !== undefined && seq <= upTo)
          violate({
            kind: 'silent hole',
            words: `${client} believes to be complete up to ${upTo}`,
            room,
            seq,
          })
      }
    }
  }
  for (const { client, room, seq, at } of histories.passed)
    if (byPlace.has(`${room} ${seq}`)) {
      const words = `${client} passed it at ${new Date(at).toISOString()} without having it`
      violate({ kind: 'silent hole', words, room, seq })
    }
  return { violations, ...verdict }
}
