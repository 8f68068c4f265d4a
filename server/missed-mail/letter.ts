// What a mail of what was missed says: who wrote in one room, and their words where the person wants to see them.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Block, Letter } from '../mail/letter.ts'
import type { QueuedMail } from '../mail/queue.ts'
import { fill, mailWords, momentIn } from '../mail/words/words.ts'
import type { MailAddresses } from '../mail-address/addresses.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { isSpoken } from '../protocol/timeline.ts'
import { inBrief } from '../push/in-brief.ts'
import type { OffLinks } from './off-links.ts'
import type { Span, Waiting } from './waiting.ts'

export interface MissedLetterDeps {
  db: Db
  history: Pick<History, 'messages'>
  settings: Pick<NotifySettingsStore, 'of'>
  workspace: Pick<WorkspaceSettings, 'read'>
  addresses: Pick<MailAddresses, 'find'>
  waiting: Pick<Waiting, 'wanted'>
  links: OffLinks
  origin: string
}

interface Room {
  name: string
  isDirect: boolean
}

interface About {
  to: string
  count: number
  room: Room
  /** The newest of them, the oldest first. */
  messages: readonly SpokenMessage[]
  hasWords: boolean
  follows: string | undefined
}

/** Undefined: it was read, was deleted, is out of reach, or mails were turned off meanwhile. */
export async function missedLetter(deps: MissedLetterDeps, mail: QueuedMail): Promise<Letter | undefined> {
  const { addresses, settings, waiting } = deps
  const { userId } = mail
  const span = mail.data as Span
  const person = userId === null ? undefined : await addresses.find(userId)
  if (userId === null || person === undefined) return undefined
  const chosen = await settings.of(userId)
  const missed = chosen.mail.on ? await waiting.wanted(userId, span) : []
  const room = missed.length === 0 ? undefined : await roomOf(deps.db, span.room)
  if (room === undefined) return undefined
  const seqs = missed.slice(-limits.mail.missed.messages).map(({ seq }) => seq)
  const messages = await messagesOf(deps, span.room, seqs)
  if (messages.length === 0) return undefined
  // Without those that turned out to be gone.
  const count = missed.length - (seqs.length - messages.length)
  const follows = await firstMail(deps.db, userId, span.room)
  const about = { to: person.address, count, room, messages, hasWords: chosen.previews }
  return letterOf(deps, mail, {
    ...about,
    follows: follows === mail.messageId ? undefined : follows,
  })
}

async function letterOf(deps: MissedLetterDeps, mail: QueuedMail, about: About): Promise<Letter> {
  const { origin, links, workspace } = deps
  const { language, userId, data } = mail
  const words = mailWords[language].missed
  const { count, messages, room, hasWords } = about
  const by = messages.at(-1)?.user.name ?? ''
  const name = (await workspace.read()).name
  const places = { by, room: room.name, n: String(count), workspace: name }
  const say = (text: string): string => fill(text, places, count)
  const code = await links.codeFor(userId ?? '')
  const shown: Block[] = messages.map((message) => ({
    by: message.user.name,
    at: momentIn(language, message.at),
    text: hasWords ? inBrief(message) : '',
  }))
  const more = count - messages.length
  return {
    to: about.to,
    subject: say(room.isDirect ? words.subjectDirect : words.subject),
    blocks: [
      say(room.isDirect ? words.textDirect : words.text),
      ...(more > 0 ? [fill(words.more, { n: String(more) }, more)] : []),
      ...shown,
      { url: `${origin}/rooms/${(data as Span).room}/${messages[0]?.seq}`, label: say(words.button) },
    ],
    small: [say(words.why), { url: `${origin}/mail#off-${code}`, label: words.off }],
    headers: {
      'List-Unsubscribe': `<${origin}/api/mail/off/${code}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    ...(about.follows === undefined ? {} : { follows: about.follows }),
  }
}

async function messagesOf(
  { history }: MissedLetterDeps,
  room: string,
  seqs: readonly number[],
): Promise<SpokenMessage[]> {
  const found = await history.messages(room, [...new Set(seqs)])
  // It is composed again a little later.
  if ('code' in found) throw new Error(`the messages cannot be read: ${found.code}`)
  return found.filter((message) => isSpoken(message)).filter(({ deletedAt }) => deletedAt === null)
}

async function roomOf(db: Db, room: string): Promise<Room | undefined> {
  const sql = 'SELECT name, kind FROM rooms WHERE id = ? AND deleted_at IS NULL'
  const [row] = await db.rows<{ name: string; kind: string }>(sql, [BigInt(room)])
  return row && { name: row.name, isDirect: row.kind === 'direct' }
}

async function firstMail(db: Db, user: string, room: string): Promise<string | undefined> {
  const sql = 'SELECT message_id FROM missed_mails WHERE user_id = ? AND room_id = ?'
  const [row] = await db.rows<{ message_id: string | null }>(sql, [BigInt(user), BigInt(room)])
  return row?.message_id ?? undefined
}
