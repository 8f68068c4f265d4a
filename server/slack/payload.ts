// What a tool posts to an incoming webhook, in Slack's words, as one message. Whatever is of another form than Slack's is
// passed over as Slack does; only a payload that is no object, or says nothing, is refused. Pure.
import { limits } from '../protocol/limits.ts'
import { cleanName } from '../protocol/names.ts'
import { byteLength } from '../protocol/text.ts'
import { attachmentsText, blocksText } from './blocks.ts'
import { emojiOf } from './emoji.ts'
import { decodeEntities, toMarkdown } from './mrkdwn.ts'
import { isObject, textOf } from './rich-text.ts'

/** `name` and `icon`: as whom this one message is said, where it says so. */
export interface SlackMessage {
  text: string
  name?: string
  icon?: string
}

/** Slack's own words for what is wrong with a payload. */
export type SlackRefusal = 'invalid_payload' | 'no_text'

export function readPayload(raw: unknown): SlackMessage | SlackRefusal {
  if (!isObject(raw)) return 'invalid_payload'
  const blocks = blocksText(raw['blocks'])
  // Beside blocks, `text` is what a notification shows, not a part of the message.
  const text = textOf(raw['text'])
  const main = blocks !== '' ? blocks : raw['mrkdwn'] === false ? decodeEntities(text) : toMarkdown(text)
  const whole = [main, attachmentsText(raw['attachments'])].filter((part) => part.trim() !== '').join('\n\n')
  const said = cutText(keepable(whole).trim())
  if (said === '') return 'no_text'
  const name = nameOf(textOf(raw['username']))
  const icon = iconOf(textOf(raw['icon_emoji']))
  return { text: said, ...(name === undefined ? {} : { name }), ...(icon === undefined ? {} : { icon }) }
}

/** Without what MySQL cannot keep as it is: NUL and halves of characters. */
const keepable = (text: string): string => text.replaceAll('\0', '').replace(/\p{Cs}/gu, '\ufffd')

/** Stands where a text that was too long ends. */
export const cutMark = '\n… (cut here: a message has 16 KiB at most)'

/** A text that is too long ends at the limit, between two characters, and says so. */
export function cutText(text: string, mostBytes: number = limits.messageBytes): string {
  if (byteLength(text) <= mostBytes) return text
  const bytes = new TextEncoder().encode(text)
  let end = mostBytes - byteLength(cutMark)
  // A byte 10xxxxxx goes on with a character that began before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return new TextDecoder().decode(bytes.subarray(0, end)) + cutMark
}

/** A name is cut rather than refused: the message matters more. */
const nameOf = (raw: string): string | undefined =>
  cleanName(
    [...decodeEntities(raw.slice(0, 256)).replace(/\s+/gu, ' ').trim()].slice(0, limits.nameChars).join(''),
  )

const oneEmoji =
  /^(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f\u200d\p{Extended_Pictographic}]*)$/u

/** A name that is known, or an emoji itself; any other face is the hook's own. */
const iconOf = (raw: string): string | undefined =>
  emojiOf(raw) ?? (raw.length <= 32 && oneEmoji.test(raw) ? raw : undefined)
