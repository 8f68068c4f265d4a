// What a tool posts to an incoming webhook, in Slack's format or as a card for Microsoft Teams, as one message. Fields of the
// wrong type are ignored, as in Slack; only a payload that is not an object, or has no text, is refused. Pure.
import { limits } from '../protocol/limits.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { cleanName } from '../protocol/names.ts'
import { byteLength } from '../protocol/text.ts'
import { attachmentsText, blocksText } from '../slack/blocks.ts'
import { emojiOf } from '../slack/emoji.ts'
import { plainToMarkdown, toMarkdown } from '../slack/mrkdwn.ts'
import { decodeEntities } from '../slack/references.ts'
import { isObject, textOf } from '../slack/rich-text.ts'
import { teamsText } from './teams.ts'

/** `name` and `icon`: the sender of this one message, if given. */
export interface PostedMessage {
  text: string
  name?: string
  icon?: string
}

/** Slack's own error codes for an invalid payload. */
export type PayloadRefusal = 'invalid_payload' | 'no_text'

export function readPayload(whole: unknown): PostedMessage | PayloadRefusal {
  const raw = within({ chars: 2 * limits.messageBytes }, whole)
  if (!isObject(raw)) return 'invalid_payload'
  const said = cutText(keepable(teamsText(raw) ?? slackText(raw)).trim())
  if (said === '') return 'no_text'
  const name = nameOf(textOf(raw['username']))
  const icon = iconOf(textOf(raw['icon_emoji']))
  return { text: said, ...(name === undefined ? {} : { name }), ...(icon === undefined ? {} : { icon }) }
}

function slackText(raw: Record<string, unknown>): string {
  const blocks = blocksText(raw['blocks'])
  // With blocks, `text` is for notifications and not part of the message.
  const text = textOf(raw['text'])
  const main = blocks !== '' ? blocks : raw['mrkdwn'] === false ? plainToMarkdown(text) : toMarkdown(text)
  return [main, attachmentsText(raw['attachments'])].filter((part) => part.trim() !== '').join('\n\n')
}

/** Deeper than any of Slack's blocks. */
const maxDepth = 32

/**
 * The payload with its texts cut where there are more characters than a message can show, markup included: to convert the
 * rest would take a second. A part that is nested too deep is left out.
 */
function within(left: { chars: number }, raw: unknown, depth = 0): unknown {
  if (typeof raw === 'string') {
    const text = raw.slice(0, left.chars)
    left.chars -= text.length
    return text
  }
  if (typeof raw !== 'object' || raw === null) return raw
  if (depth === maxDepth) return undefined
  if (Array.isArray(raw)) return raw.map((part) => within(left, part, depth + 1))
  return Object.fromEntries(Object.entries(raw).map(([name, part]) => [name, within(left, part, depth + 1)]))
}

/** Removes what MySQL cannot store: NUL and lone surrogates. */
const keepable = (text: string): string => text.replaceAll('\0', '').replace(/\p{Cs}/gu, '\ufffd')

/** Marks the end of a text that was too long. */
export const cutMark = '\n… (cut here: a message can have at most 16 KiB)'

/** Cuts a text that is too long at the limit, between two characters, and adds the mark. */
export function cutText(text: string, maxBytes: number = limits.messageBytes): string {
  if (byteLength(text) <= maxBytes) return text
  const bytes = new TextEncoder().encode(text)
  let end = maxBytes - byteLength(cutMark)
  // A byte 10xxxxxx continues a character that began before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return new TextDecoder().decode(bytes.subarray(0, end)) + cutMark
}

/** A name that is too long is cut, not refused: the message matters more. In place of one that misleads, the hook's own is used. */
function nameOf(raw: string): string | undefined {
  const cut = [...decodeEntities(raw.slice(0, 256)).replace(/\s+/gu, ' ').trim()].slice(0, limits.nameChars)
  const name = cleanName(cut.join(''))
  return name === undefined || looksLikeAnother(name) ? undefined : name
}

const oneEmoji =
  /^(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f\u200d\p{Extended_Pictographic}]*)$/u

/** A known name, or an emoji itself; for any other icon the hook's own is used. */
const iconOf = (raw: string): string | undefined =>
  emojiOf(raw) ?? (raw.length <= 32 && oneEmoji.test(raw) ? raw : undefined)
