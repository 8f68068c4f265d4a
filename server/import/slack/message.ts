// Converts a message of a Slack export for the import, or says why it is not imported. Pure.
import { createHash } from 'node:crypto'
import { fileLimits } from '../../protocol/file-limits.ts'
import { cleanEmoji } from '../../protocol/emoji.ts'
import { emojiOf } from '../../slack/emoji.ts'
import type { Names } from '../../slack/references.ts'
import { isObject, objectsOf, textOf } from '../../slack/rich-text.ts'
import type { SourceFile, SourceMessage } from '../source.ts'
import { tameText } from '../split-text.ts'
import { fileLink, fileName, filesIn, wordsOf, type RawMessage } from './words.ts'

export interface Refused {
  why: string
  expected: boolean
}

/** System messages about a room and its people. Membership comes from the list of rooms. */
const silent =
  /^(?:channel|group|mpim)_|^bot_(?:add|remove|enable|disable)$|^(?:un)?pinned_item$|^reminder_|^joiner_|^huddle|^sh_room|_join$|^reply_broadcast$/

const timestamp = /^\d{1,11}(?:\.\d{1,9})?$/

/** `ts`, a string in an export, as milliseconds since 1970; undefined if it is invalid. */
export const timeOf = (ts: unknown): number | undefined =>
  typeof ts === 'string' && timestamp.test(ts) ? Math.floor(Number(ts) * 1_000) : undefined

/** By time, with Slack's full precision: several messages may share a millisecond. */
export function compareTimes(a: string, b: string): number {
  const [aSeconds = '', aRest = ''] = a.split('.')
  const [bSeconds = '', bRest = ''] = b.split('.')
  return Number(aSeconds) - Number(bSeconds) || Number(aRest.padEnd(9, '0')) - Number(bRest.padEnd(9, '0'))
}

export function readMessage(
  raw: unknown,
  place: string,
  { names, bytesOf }: { names: Names; bytesOf: SlackBytes },
): SourceMessage | Refused {
  if (!isObject(raw) || raw['type'] !== 'message') return { why: 'not a message', expected: false }
  const { ts, subtype, thread_ts: thread } = raw
  const at = timeOf(ts)
  if (at === undefined) return { why: 'it has no timestamp', expected: false }
  if (subtype === 'tombstone' || raw['hidden'] === true)
    return { why: 'it was deleted there', expected: true }
  if (typeof subtype === 'string' && silent.test(subtype))
    return { why: `a system message of type ${subtype}`, expected: true }
  const author = authorOf(raw)
  if (author === undefined) return { why: 'it has no author', expected: false }
  const text = tameText(wordsOf(raw, names))
  const files = filesOf(raw, bytesOf)
  const hasFiles = files.some(({ instead }) => instead !== '')
  if (text.trim() === '' && !hasFiles) return { why: 'it has no content', expected: false }
  const message: SourceMessage = {
    ref: String(ts),
    at,
    text: text.trim() === '' ? '' : text,
    place,
    reactions: reactionsOf(raw['reactions'], names),
    ...author,
  }
  const editedAt = isObject(raw['edited']) ? timeOf(raw['edited']['ts']) : undefined
  if (editedAt !== undefined) message.editedAt = editedAt
  if (timeOf(thread) !== undefined && thread !== ts) message.thread = String(thread)
  if (subtype === 'thread_broadcast') message.alsoInRoom = true
  if (hasFiles) message.files = files
  return message
}

/** The author; a bot uses the name and icon that it gave itself. */
function authorOf(raw: RawMessage): Pick<SourceMessage, 'author' | 'name' | 'icon' | 'isBot'> | undefined {
  const { bot_id: bot, username, icons, bot_profile: profile, comment } = raw
  // A comment on a file says itself who wrote it.
  const user = isObject(comment) && isRef(comment['user']) ? comment['user'] : raw['user']
  const name = isName(username) ? username : isObject(profile) ? profile['name'] : undefined
  const author = isRef(user) ? user : isRef(bot) ? bot : isName(name) ? botRef(name) : undefined
  if (author === undefined) return undefined
  if (raw['subtype'] !== 'bot_message' && !isRef(bot)) return { author }
  const icon = isObject(icons) && typeof icons['emoji'] === 'string' ? emojiOf(icons['emoji']) : undefined
  return { author, isBot: true, ...(isName(name) ? { name } : {}), ...(icon === undefined ? {} : { icon }) }
}

/** Names of emoji on a message that do not exist here. */
export function* unknownReactions(raw: unknown, names: Names): Generator<string> {
  for (const { name } of reactionList(isObject(raw) ? raw['reactions'] : undefined))
    if (emojiNamed(name, names) === undefined) yield name
}

/** How the bytes of a file are had; undefined: not at all. */
export type SlackBytes = (raw: RawMessage) => SourceFile['bytes']

/** Those that Slack has not deleted; of files that are elsewhere, only the link. */
const filesOf = (raw: RawMessage, bytesOf: SlackBytes): SourceFile[] =>
  filesIn(raw).flatMap((one, index) => {
    const instead = tameText(fileLink(one))
    if (instead === '') return []
    const bytes = one['mode'] === 'external' || one['is_external'] === true ? undefined : bytesOf(one)
    const alt = textOf(one['alt_txt']).trim()
    return [
      {
        ref: isRef(one['id']) ? one['id'] : String(index),
        name: tameText(textOf(one['name']) || fileName(one)),
        instead,
        ...(alt === '' ? {} : { alt: tameText(alt).slice(0, fileLimits.altChars) }),
        ...(bytes === undefined ? {} : { bytes }),
      },
    ]
  })

function reactionsOf(raw: unknown, names: Names): SourceMessage['reactions'] {
  const kinds = new Map<string, Set<string>>()
  for (const { name, users } of reactionList(raw)) {
    const emoji = emojiNamed(name, names)
    if (emoji === undefined) continue
    const people = kinds.get(emoji) ?? new Set()
    kinds.set(emoji, people)
    for (const user of users) if (isRef(user)) people.add(user)
  }
  return [...kinds].map(([emoji, people]) => ({ emoji, people: [...people] }))
}

const emojiNamed = (name: string, names: Names): string | undefined => {
  const emoji = emojiOf(name)
  return emoji === undefined ? names.emoji?.(name) : cleanEmoji(emoji)
}

function reactionList(raw: unknown): { name: string; users: unknown[] }[] {
  return objectsOf(raw).flatMap((one) =>
    typeof one['name'] === 'string'
      ? [{ name: one['name'], users: Array.isArray(one['users']) ? (one['users'] as unknown[]) : [] }]
      : [],
  )
}

/** A bot that has only a name is identified by it. */
export const botRef = (name: string): string =>
  `bot:${createHash('sha256').update(name).digest('hex').slice(0, 24)}`

export const isRef = (raw: unknown): raw is string =>
  typeof raw === 'string' && /^[A-Za-z0-9_]{1,80}$/.test(raw)

const isName = (raw: unknown): raw is string => typeof raw === 'string' && raw.trim() !== ''
