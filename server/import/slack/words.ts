// What a message of an export says, as Markdown: its words, what hangs on it, and its files as links. Pure.
import { attachmentsText, blocksText } from '../../slack/blocks.ts'
import { linkTo, toMarkdown, type Names } from '../../slack/mrkdwn.ts'
import { objectsOf, textOf } from '../../slack/rich-text.ts'

/** The fields that are looked at, all of them unsure: an export is written by many versions and tools. */
export type RawMessage = Record<string, unknown>

export function wordsOf(raw: RawMessage, names: Names): string {
  const said = saidIn(raw, names).trim()
  const words = raw['subtype'] === 'me_message' && said !== '' ? `_${said}_` : said
  // A link's preview repeats what stands behind the link.
  const attached = objectsOf(raw['attachments']).filter((one) => one['from_url'] === undefined)
  return [words, attachmentsText(attached, names), ...objectsOf(raw['files']).map(fileLink)]
    .filter((part) => part !== '')
    .join('\n')
}

/** What a person wrote is `text`, and its blocks repeat that; what a program posts is its blocks, and `text` sums it up. */
function saidIn(raw: RawMessage, names: Names): string {
  const isProgram = raw['bot_id'] !== undefined || raw['subtype'] === 'bot_message'
  const text = textOf(raw['text'])
  if (text !== '' && !isProgram) return toMarkdown(text, names)
  return blocksText(raw['blocks'], names) || toMarkdown(text, names)
}

/**
 * A file's name and where it is. Trap: url_private of an export carries a token in its query that opens the file to
 * anybody; what is said in a room carries none.
 */
function fileLink(raw: RawMessage): string {
  if (raw['mode'] === 'tombstone' || raw['mode'] === 'hidden_by_limit') return ''
  const name = (textOf(raw['title']) || textOf(raw['name']) || 'file').trim()
  const address = [raw['permalink'], raw['url_private']].map(textOf).find(isWeb)
  if (address === undefined) return name
  const url = new URL(address)
  url.searchParams.delete('t')
  return linkTo(url.href, name)
}

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
