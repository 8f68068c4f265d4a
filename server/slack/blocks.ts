// Slack's Block Kit and attachments reduced to their text, as Markdown. Elements that Brook cannot show (pickers, video)
// are shown by their labels; unknown blocks by their text, if any. Pure.
import { toMarkdown } from './mrkdwn.ts'
import { asPlain } from './plain-words.ts'
import { decodeEntities, linkTo, type Names } from './references.ts'
import { isObject, objectsOf, richText, textOf } from './rich-text.ts'
import { withEmoji } from './emoji.ts'

type Raw = Record<string, unknown>

const joined = (lines: readonly string[], between = '\n'): string =>
  lines.filter((line) => line.trim() !== '').join(between)

/** A list of blocks, one below the other. */
export function blocksText(blocks: unknown, names: Names = {}): string {
  return joined(objectsOf(blocks).map((block) => blockText(block, names)))
}

function blockText(block: Raw, names: Names): string {
  switch (block['type']) {
    case 'header':
      return bold(words(block['text'], names))
    case 'divider':
      return '---'
    case 'section':
      return joined([
        words(block['text'], names),
        ...objectsOf(block['fields']).map((field) => words(field, names)),
        isObject(block['accessory']) ? elementText(block['accessory'], names) : '',
      ])
    case 'context':
    case 'actions':
    case 'context_actions':
      return joined(
        objectsOf(block['elements']).map((element) => elementText(element, names)),
        ' ',
      )
    case 'image':
      return image(block, names)
    case 'rich_text':
      return richText(block, names)
    case 'markdown':
      return textOf(block['text'])
    case 'table':
      return tableText(block['rows'], names)
    case 'video':
      return linked(textOf(block['title_url']) || textOf(block['video_url']), words(block['title'], names))
    default:
      return joined([words(block['label'], names), words(block['text'], names)])
  }
}

/** As Markdown's table; the first row is its head. */
function tableText(rows: unknown, names: Names): string {
  const [head, ...rest] = (Array.isArray(rows) ? rows : []).map((row) =>
    objectsOf(row).map((cell) =>
      blockText(cell, names)
        .replace(/\s*\n\s*/g, ' ')
        .replace(/(?<!\\)\|/g, '\\|'),
    ),
  )
  if (head === undefined) return ''
  return [head, head.map(() => '---'), ...rest].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A text object, or plain text. `plain_text` has emoji and entities, but no marks. */
function words(raw: unknown, names: Names): string {
  if (typeof raw === 'string') return plain(raw)
  if (!isObject(raw)) return ''
  const text = textOf(raw['text'])
  return raw['type'] === 'mrkdwn' ? toMarkdown(text, names) : plain(text)
}

const plain = (text: string): string => asPlain(decodeEntities(withEmoji(text)))

function elementText(element: Raw, names: Names): string {
  switch (element['type']) {
    case 'image':
      return image(element, names)
    case 'button':
    case 'workflow_button':
      return linked(textOf(element['url']), `[${words(element['text'], names)}]`)
    case 'plain_text':
    case 'mrkdwn':
      return words(element, names)
    default:
      return joined([words(element['text'], names), words(element['placeholder'], names)])
  }
}

const image = (block: Raw, names: Names): string =>
  linked(
    textOf(block['image_url']),
    joined([words(block['title'], names), plain(textOf(block['alt_text']))].slice(0, 2), ' – '),
  )

export const isWeb = (url: string): boolean => /^https?:\/\//i.test(url)
export const linked = (url: string, label: string): string => (isWeb(url) ? linkTo(url, label) : label)
export const bold = (text: string): string => (text.trim() === '' ? '' : `**${text.trim()}**`)

/** The older format, which most tools still send. One below the other, separated by a blank line. */
export function attachmentsText(attachments: unknown, names: Names = {}): string {
  return joined(
    objectsOf(attachments).map((attachment) => attachmentText(attachment, names)),
    '\n\n',
  )
}

function attachmentText(attachment: Raw, names: Names): string {
  const said = (name: string): string => toMarkdown(textOf(attachment[name]), names)
  // Titles and names are plain text: marks within a bold link would break it.
  const title = words(attachment['title'], names)
  const text = joined([
    said('pretext'),
    linked(textOf(attachment['author_link']), words(attachment['author_name'], names)),
    bold(linked(textOf(attachment['title_link']), title)),
    said('text'),
    ...objectsOf(attachment['fields']).map((field) => fieldText(field, names)),
    blocksText(attachment['blocks'], names),
    joined(
      objectsOf(attachment['actions']).map((action) => elementText({ type: 'button', ...action }, names)),
      ' ',
    ),
    isWeb(textOf(attachment['image_url'])) ? linkTo(textOf(attachment['image_url']), 'image') : '',
    said('footer'),
  ])
  // The fallback repeats the content, for clients that show nothing else.
  return text === '' ? said('fallback') : text
}

function fieldText(field: Raw, names: Names): string {
  const title = toMarkdown(textOf(field['title']), names).trim()
  const value = toMarkdown(textOf(field['value']), names)
  if (title === '') return value
  return value.includes('\n') ? `**${title}**\n${value}` : joined([`**${title}:**`, value], ' ')
}
