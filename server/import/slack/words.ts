// The content of an exported message as Markdown: its text, its attachments, and its files as links. Pure.
import { attachmentsText, blocksText } from '../../slack/blocks.ts'
import { toMarkdown } from '../../slack/mrkdwn.ts'
import { linkTo, type Names } from '../../slack/references.ts'
import { objectsOf, textOf } from '../../slack/rich-text.ts'

/** The fields that are read, none of them guaranteed: exports are written by many versions and tools. */
export type RawMessage = Record<string, unknown>

export function wordsOf(raw: RawMessage, names: Names): string {
  const said = saidIn(raw, names).trim()
  const words = raw['subtype'] === 'me_message' && said !== '' ? `_${said}_` : said
  // The preview of a link repeats the linked page.
  const attached = objectsOf(raw['attachments']).filter((one) => one['from_url'] === undefined)
  return [words, attachmentsText(attached, names), ...objectsOf(raw['files']).map(fileLink)]
    .filter((part) => part !== '')
    .join('\n')
}

/** A person's message is in `text`, and its blocks repeat it; a program's message is in its blocks, and `text` sums it up. */
function saidIn(raw: RawMessage, names: Names): string {
  const isProgram = raw['bot_id'] !== undefined || raw['subtype'] === 'bot_message'
  const text = textOf(raw['text'])
  if (text !== '' && !isProgram) return toMarkdown(text, names)
  return blocksText(raw['blocks'], names) || toMarkdown(text, names)
}

/**
 * A file's name and URL. Trap: url_private of an export has a token in its query that opens the file to anybody; the
 * message must not contain it.
 */
function fileLink(raw: RawMessage): string {
  if (raw['mode'] === 'tombstone' || raw['mode'] === 'hidden_by_limit') return ''
  const name = fileName(raw)
  const address = [raw['permalink'], raw['url_private']].map(textOf).find(isWeb)
  if (address === undefined) return name
  const url = new URL(address)
  url.searchParams.delete('t')
  return linkTo(url.href, name)
}

export const fileName = (raw: RawMessage): string =>
  (textOf(raw['title']) || textOf(raw['name']) || 'file').trim()

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
