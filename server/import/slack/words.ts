// The content of an exported message as Markdown: its text and its attachments, and its files as links. Pure.
import { attachmentsText, blocksText, bold, linked } from '../../slack/blocks.ts'
import { toMarkdown } from '../../slack/mrkdwn.ts'
import { asPlain } from '../../slack/plain-words.ts'
import { linkTo, type Names } from '../../slack/references.ts'
import { isObject, objectsOf, textOf } from '../../slack/rich-text.ts'

/** The fields that are read, none of them guaranteed: exports are written by many versions and tools. */
export type RawMessage = Record<string, unknown>

export function wordsOf(raw: RawMessage, names: Names): string {
  const said = saidIn(raw, names).trim()
  const words = raw['subtype'] === 'me_message' && said !== '' ? `_${said}_` : said
  return [words, ...attached(raw, words !== '', names)].filter((part) => part !== '').join('\n')
}

/** What a message shows below its words: programs' attachments, quoted messages, and previews of links. */
function attached(raw: RawMessage, hasWords: boolean, names: Names): string[] {
  const parts = objectsOf(raw['attachments']).map((one) => {
    const isPreview = one['from_url'] !== undefined && one['is_share'] !== true
    // A preview repeats what the words link to.
    if (isPreview && hasWords) return ''
    return one['is_share'] === true || one['is_msg_unfurl'] === true
      ? quoted(one, names)
      : attachmentsText([one], names)
  })
  return [parts.filter((part) => part !== '').join('\n\n')]
}

/** A message that somebody shared, with its author and a link to where it was. */
function quoted(share: RawMessage, names: Names): string {
  const { author_id: author, channel_id: channel } = share
  const by = names.person?.(textOf(author)) ?? (textOf(share['author_name']) || textOf(author))
  const room = names.channel?.(textOf(channel)) ?? textOf(share['channel_name'])
  const seconds = Number(textOf(share['ts']).split('.')[0])
  const when = seconds > 0 ? toMarkdown(`<!date^${seconds}^>`) : ''
  const place = [room === '' ? '' : `#${room}`, when].filter((part) => part !== '').join(', ')
  const link = linked(textOf(share['from_url']), asPlain(place))
  const blocks = objectsOf(share['message_blocks']).map(({ message }) =>
    isObject(message) ? blocksText(message['blocks'], names) : '',
  )
  const words =
    toMarkdown(textOf(share['text']), names) ||
    blocks.join('\n') ||
    toMarkdown(textOf(share['fallback']), names)
  const head = [bold(asPlain(by)), link].filter((part) => part !== '').join(' · ')
  return [head, words, ...filesIn(share).map(fileLink)]
    .filter((part) => part !== '')
    .join('\n')
    .replace(/^/gm, '> ')
}

/** Exports of before 2018 have one file to a message, or what it is a comment on. */
export const filesIn = (raw: RawMessage): RawMessage[] => [
  ...objectsOf(raw['files']),
  ...(raw['files'] === undefined && isObject(raw['file']) ? [raw['file']] : []),
]

/** A person's message is in `text`, and its blocks repeat it; a program's message is in its blocks, and `text` sums it up. */
function saidIn(raw: RawMessage, names: Names): string {
  const comment = isObject(raw['comment']) ? textOf(raw['comment']['comment']) : ''
  if (comment !== '') return toMarkdown(comment, names)
  const isProgram = raw['bot_id'] !== undefined || raw['subtype'] === 'bot_message'
  const text = textOf(raw['text'])
  if (text !== '' && !isProgram) return toMarkdown(text, names)
  return blocksText(raw['blocks'], names) || toMarkdown(text, names)
}

/**
 * A file's name and URL. Trap: url_private of an export has a token in its query that opens the file to anybody; the
 * message must not contain it.
 */
export function fileLink(raw: RawMessage): string {
  if (raw['mode'] === 'tombstone' || raw['mode'] === 'hidden_by_limit') return ''
  const name = fileName(raw)
  const address = [raw['permalink'], raw['url_private']].map(textOf).find(isWeb)
  if (address === undefined) return asPlain(name)
  const url = new URL(address)
  url.searchParams.delete('t')
  return linkTo(url.href, asPlain(name))
}

export const fileName = (raw: RawMessage): string =>
  (textOf(raw['title']) || textOf(raw['name']) || 'file').trim()

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
