// Everything of one person as JSON lines, from MySQL: who they are, their rooms, what they keep, and what they have said, with what
// it said before. Page by page, so that no memory holds it. SQL that only reads.
import type { Db, Queryable } from '../db.ts'
import { isSpokenRow } from '../history/entries/kind.ts'
import { limits } from '../protocol/limits.ts'
import { planned } from './planned.ts'

/** How a page is made: the export of a server waits for its turn, the command line does not. */
export type Step = <T>(work: () => Promise<T>) => Promise<T>

export interface OwnExport {
  db: Db
  userId: string
  step: Step
}

/** The form of the lines. It is raised when a field changes its meaning; fields are added without. */
const version = 1

const ms = (at: Date | null): number | null => at?.getTime() ?? null
const line = (kind: string, fields: object): string => `${JSON.stringify({ kind, ...fields })}\n`

/** The last line counts the messages: without it, the file is not whole. */
export async function* ownExport({ db, userId, step }: OwnExport): AsyncGenerator<string, void, undefined> {
  const id = BigInt(userId)
  yield line('export', { version, at: Date.now() })
  yield await step(() => aboutPerson(db, id))
  yield await step(() => ownProfile(db, id))
  yield await step(() => kept(db, id))
  let messages = 0
  for (let after: Buffer = Buffer.alloc(0); ;) {
    const page = await step(() => messagesAfter(db, id, after))
    messages += page.lines.length
    if (page.lines.length > 0) yield page.lines.join('')
    if (page.last === undefined) break
    after = page.last
  }
  yield line('end', { messages })
}

/** SQL: what a direct room is called for whoever `m` is; NULL: nobody else is in it. */
const othersOfRoom = `(SELECT GROUP_CONCAT(u.name ORDER BY u.name_key SEPARATOR ', ') FROM memberships o
  JOIN users u ON u.id = o.user_id WHERE o.room_id = r.id AND o.user_id <> m.user_id)`

async function aboutPerson(db: Queryable, id: bigint): Promise<string> {
  const [people, former, sessions, passkeys, mail, rooms] = await Promise.all([
    db.rows<{ name: string; created_at: Date; is_admin: number; guest: number; factor: number }>(
      `SELECT name, created_at, is_admin, (password_hash IS NULL AND is_provided = 0) AS guest,
         (EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = users.id)
          OR EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = users.id)) AS factor FROM users WHERE id = ?`,
      [id],
    ),
    db.rows<{ name: string; ended_at: Date }>(
      'SELECT name, ended_at FROM former_names WHERE user_id = ? ORDER BY id',
      [id],
    ),
    db.rows<{
      id: number
      agent: string
      name: string | null
      created_at: Date
      used_at: Date
      expires_at: Date
    }>(
      'SELECT id, agent, name, created_at, used_at, expires_at FROM sessions WHERE user_id = ? ORDER BY id',
      [id],
    ),
    db.rows<{ name: string; created_at: Date; used_at: Date | null }>(
      'SELECT name, created_at, used_at FROM passkeys WHERE user_id = ? ORDER BY id',
      [id],
    ),
    db.rows<{ address: string | null; confirmed_at: Date | null; pending: string | null }>(
      'SELECT address, confirmed_at, pending FROM mail_addresses WHERE user_id = ?',
      [id],
    ),
    db.rows<MembershipRow>(
      `SELECT m.room_id, IF(r.kind = 'direct', ${othersOfRoom}, r.name) AS name, r.kind, m.role, m.joined_at, m.read_seq, m.level, m.muted_until_ms,
         m.favourite, s.name AS section FROM memberships m JOIN rooms r ON r.id = m.room_id
       LEFT JOIN sections s ON s.id = m.section_id WHERE m.user_id = ? ORDER BY m.room_id`,
      [id],
    ),
  ])
  const person = people.map(({ name, created_at, is_admin, guest, factor }) =>
    line('person', {
      id: String(id),
      name,
      createdAt: ms(created_at),
      guest: guest === 1,
      admin: is_admin === 1,
      twoStep: factor === 1,
    }),
  )
  return [
    ...person,
    ...former.map(({ name, ended_at }) => line('formerName', { name, until: ms(ended_at) })),
    ...sessions.map(({ id: session, agent, name, created_at, used_at, expires_at }) =>
      line('session', {
        id: String(session),
        agent,
        ...(name === null ? {} : { name }),
        createdAt: ms(created_at),
        usedAt: ms(used_at),
        expiresAt: ms(expires_at),
      }),
    ),
    ...passkeys.map(({ name, created_at, used_at }) =>
      line('passkey', {
        name,
        createdAt: ms(created_at),
        usedAt: ms(used_at),
      }),
    ),
    ...mail.map(({ address, confirmed_at, pending }) =>
      line('mailAddress', {
        address,
        confirmedAt: ms(confirmed_at),
        ...(pending === null ? {} : { pending }),
      }),
    ),
    ...rooms.map(membershipLine),
  ].join('')
}

/** What they say about themselves, and the image of their face. */
async function ownProfile(db: Queryable, id: bigint): Promise<string> {
  const [profiles, avatars] = await Promise.all([
    db.rows<ProfileRow>(
      `SELECT title, pronouns, about, time_zone, status_emoji, status_text, status_until_ms, presence
       FROM profiles WHERE user_id = ?`,
      [id],
    ),
    db.rows<{ image: Buffer }>('SELECT image FROM avatars WHERE user_id = ?', [id]),
  ])
  return [
    ...profiles.map((row) =>
      line('profile', {
        title: row.title,
        pronouns: row.pronouns,
        about: row.about,
        timeZone: row.time_zone,
        presence: row.presence,
        status: {
          emoji: row.status_emoji,
          text: row.status_text,
          until: row.status_until_ms === null ? null : Number(row.status_until_ms),
        },
      }),
    ),
    ...avatars.map(({ image }) => line('avatar', { type: 'image/webp', base64: image.toString('base64') })),
  ].join('')
}

interface ProfileRow {
  title: string
  pronouns: string
  about: string
  time_zone: string
  status_emoji: string
  status_text: string
  status_until_ms: number | null
  presence: string
}
interface MembershipRow {
  room_id: number
  name: string | null
  kind: string
  role: string
  joined_at: Date
  read_seq: number
  level: string | null
  muted_until_ms: number | null
  favourite: number
  section: string | null
}

/** What was never set is missing. */
const membershipLine = (row: MembershipRow): string =>
  line('membership', {
    room: { id: String(row.room_id), name: row.name ?? '', kind: row.kind },
    role: row.role,
    joinedAt: ms(row.joined_at),
    read: row.read_seq,
    ...(row.level === null ? {} : { level: row.level }),
    ...(row.muted_until_ms === null ? {} : { mutedUntil: Number(row.muted_until_ms) }),
    ...(row.favourite === 0 ? {} : { favourite: true }),
    ...(row.section === null ? {} : { section: row.section }),
  })

/** What is nobody else's: messages that they keep or have scheduled, threads that they follow, and reminders. */
async function kept(db: Queryable, id: bigint): Promise<string> {
  const [saved, threads, later] = await Promise.all([
    db.rows<{ room_id: number; seq: number; saved_ms: number }>(
      'SELECT room_id, seq, saved_ms FROM saved WHERE user_id = ? ORDER BY saved_ms',
      [id],
    ),
    db.rows<{ room_id: number; thread: number; is_following: number | null; read_seq: number }>(
      'SELECT room_id, thread, is_following, read_seq FROM followed_threads WHERE user_id = ?',
      [id],
    ),
    planned(db, id),
  ])
  return [
    ...saved.map(({ room_id, seq, saved_ms }) =>
      line('saved', { room: String(room_id), seq, at: Number(saved_ms) }),
    ),
    ...threads.map(({ room_id, thread, is_following, read_seq }) =>
      line('thread', { room: String(room_id), thread, following: is_following !== 0, read: read_seq }),
    ),
    ...later.map(({ kind, ...fields }) => line(kind, fields)),
  ].join('')
}

interface MessageRow {
  room_id: number
  seq: number
  kind: string
  cid: Buffer
  at: number
  text: string | null
  first_text: string | null
  edited_ms: number | null
  reply_to: number | null
  thread: number | null
  body: string | null
}

interface EditRow {
  room_id: number
  target: number
  seq: number
  text: string
  log_ms: number
}

/** By their cids, for which there is an index. What is deleted has no words left, and is not among them. */
async function messagesAfter(
  db: Queryable,
  id: bigint,
  after: Buffer,
): Promise<{ lines: string[]; last: Buffer | undefined }> {
  const rows = await db.rows<MessageRow>(
    `SELECT room_id, seq, kind, cid, COALESCE(said_ms, log_ms) AS at, text, first_text, edited_ms, reply_to, thread, body
     FROM messages WHERE user_id = ? AND cid > ? AND deleted_ms IS NULL AND ${isSpokenRow}
       AND room_id NOT IN (SELECT id FROM rooms WHERE deleted_at IS NOT NULL) ORDER BY cid LIMIT ?`,
    [id, after, limits.page.max],
  )
  const edited = rows.filter(({ edited_ms }) => edited_ms !== null)
  const edits = edited.length === 0 ? [] : await editsOf(db, edited)
  const lines = rows.map((row) => {
    const revisions = edits
      .filter(({ room_id, target }) => room_id === row.room_id && target === row.seq)
      .map(({ seq, text, log_ms }) => ({ seq, at: Number(log_ms), text }))
    const { first_text: first } = row
    return line('message', {
      room: String(row.room_id),
      seq: row.seq,
      type: row.kind,
      at: Number(row.at),
      text: row.text ?? '',
      ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
      ...(row.thread === null ? {} : { thread: row.thread }),
      ...(row.body === null ? {} : (JSON.parse(row.body) as object)),
      ...(row.edited_ms === null ? {} : { editedAt: Number(row.edited_ms) }),
      ...(first === null
        ? {}
        : { revisions: [{ seq: row.seq, at: Number(row.at), text: first }, ...revisions] }),
    })
  })
  return { lines, last: rows.length < limits.page.max ? undefined : rows.at(-1)?.cid }
}

const editsOf = (db: Queryable, messages: readonly MessageRow[]): Promise<EditRow[]> =>
  db.rows<EditRow>(
    `SELECT room_id, target, seq, text, log_ms FROM changes
     WHERE (room_id, target) IN (?) AND kind = 'edited' AND text IS NOT NULL ORDER BY seq`,
    [messages.map(({ room_id, seq }) => [BigInt(room_id), seq])],
  )
