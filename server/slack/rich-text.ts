// Slack's rich_text blocks as Markdown. Their text is plain: no mrkdwn, no entities. Missing or malformed parts are
// ignored. Pure.
import { codeBlock, codeSpan } from './code.ts'
import { emojiOf } from './emoji.ts'
import { asPlain } from './plain-words.ts'
import { broadcast, linkTo, type Names } from './references.ts'

type Raw = Record<string, unknown>

export const isObject = (raw: unknown): raw is Raw =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw)
export const objectsOf = (raw: unknown): Raw[] => (Array.isArray(raw) ? raw.filter(isObject) : [])
export const textOf = (raw: unknown): string =>
  typeof raw === 'string' ? raw : typeof raw === 'number' ? String(raw) : ''

export function richText(block: Raw, names: Names = {}): string {
  return objectsOf(block['elements'])
    .map((part) => partText(part, names))
    .filter((text) => text.trim() !== '')
    .join('\n')
}

function partText(part: Raw, names: Names): string {
  switch (part['type']) {
    case 'rich_text_list':
      return listText(part, names)
    case 'rich_text_preformatted':
      return codeBlock(inline(part, names, true))
    case 'rich_text_quote':
      return inline(part, names).replace(/^/gm, '> ')
    default:
      return inline(part, names).replace(/\n$/, '')
  }
}

function listText(list: Raw, names: Names): string {
  const indent = Math.min(8, Math.max(0, Number(list['indent']) || 0))
  const offset = Number(list['offset']) || 0
  return objectsOf(list['elements'])
    .map((item, index) => {
      const mark = list['style'] === 'ordered' ? `${offset + index + 1}.` : '-'
      return `${'   '.repeat(indent)}${mark} ${inline(item, names)}`
    })
    .join('\n')
}

const inline = (section: Raw, names: Names, isCode = false): string =>
  objectsOf(section['elements'])
    .map((element) =>
      isCode ? textOf(element['text']) || textOf(element['url']) : elementText(element, names),
    )
    .join('')

function elementText(element: Raw, names: Names): string {
  const text = textOf(element['text'])
  const id = (name: string): string => textOf(element[name])
  switch (element['type']) {
    case 'link':
      return /^(?:https?|mailto|tel):/i.test(id('url'))
        ? linkTo(id('url'), text === id('url') ? '' : asPlain(text))
        : asPlain(text)
    case 'emoji':
      return emojiOf(id('name')) ?? names.emoji?.(id('name')) ?? `:${id('name')}:`
    case 'user':
      return `@${names.person?.(id('user_id')) ?? id('user_id')}`
    case 'channel':
      return `#${names.channel?.(id('channel_id')) ?? id('channel_id')}`
    case 'usergroup':
      return `@${id('usergroup_id')}`
    case 'broadcast':
      return broadcast(id('range'))
    case 'date':
      return (
        textOf(element['fallback']) || new Date((Number(element['timestamp']) || 0) * 1_000).toISOString()
      )
    case 'color':
      return id('value')
    default:
      return styled(text, isObject(element['style']) ? element['style'] : {})
  }
}

/** Marks must touch the words: `** x**` is not Markdown. */
function styled(text: string, style: Raw): string {
  const words = text.trim()
  const begin = text.indexOf(words)
  const [before, after] = [text.slice(0, begin), text.slice(begin + words.length)]
  if (words === '') return text
  if (style['code'] === true) return before + codeSpan(words) + after
  const marks = [
    style['bold'] === true && '**',
    style['italic'] === true && '_',
    style['strike'] === true && '~~',
  ]
  const open = marks.filter((mark) => mark !== false)
  return `${before}${open.join('')}${asPlain(words)}${open.reverse().join('')}${after}`
}
