// Cards for Microsoft Teams reduced to their text: MessageCard (also a bare title and text), Adaptive Cards, and the cards with
// buttons. Their texts are Markdown already, sometimes with a little HTML. Parts that Brook cannot show are left out. Pure.
import { bold as boldLine, linked } from '../slack/blocks.ts'
import { decodeEntities } from '../slack/references.ts'
import { isObject, objectsOf, textOf } from '../slack/rich-text.ts'

type Raw = Record<string, unknown>

const joined = (parts: readonly string[], between = '\n'): string =>
  parts.filter((part) => part.trim() !== '').join(between)

/** The text of a card; undefined if the payload is none. */
export function teamsText(raw: Raw): string | undefined {
  const cards = objectsOf(raw['attachments']).filter(({ contentType }) =>
    textOf(contentType).startsWith('application/vnd.microsoft.'),
  )
  if (cards.length > 0)
    return joined(
      [words(raw['text']), ...cards.map(({ content }) => (isObject(content) ? cardText(content) : ''))],
      '\n\n',
    )
  const isCard =
    raw['type'] === 'AdaptiveCard' ||
    raw['@type'] === 'MessageCard' ||
    textOf(raw['title']) !== '' ||
    'sections' in raw
  return isCard ? cardText(raw) : undefined
}

function cardText(card: Raw): string {
  if (card['type'] === 'AdaptiveCard')
    return joined([itemsText(card['body']), joined(objectsOf(card['actions']).map(actionText), ' ')])
  const buttons = [...objectsOf(card['potentialAction']), ...objectsOf(card['buttons'])]
  const text = joined(
    [
      joined([
        bold(words(card['title'])),
        words(card['subtitle']),
        words(card['text']),
        ...(card['buttons'] === undefined ? [] : [joined(buttons.map(actionText), ' ')]),
      ]),
      ...objectsOf(card['sections']).map(sectionText),
      ...(card['buttons'] === undefined ? [joined(buttons.map(actionText), ' ')] : []),
    ],
    '\n\n',
  )
  // It repeats the content, for notifications.
  return text === '' ? words(card['summary']) : text
}

const sectionText = (section: Raw): string =>
  joined([
    bold(words(section['title'])),
    bold(words(section['activityTitle'])),
    words(section['activitySubtitle']),
    words(section['activityText']),
    words(section['text']),
    ...objectsOf(section['facts']).map(({ name, value }) => factText(name, value)),
    ...objectsOf(section['images']).map(({ image, title }) => linked(textOf(image), words(title))),
    joined(objectsOf(section['potentialAction']).map(actionText), ' '),
  ])

const itemsText = (items: unknown): string => joined(objectsOf(items).map(itemText))

function itemText(item: Raw): string {
  switch (item['type']) {
    case 'TextBlock': {
      const isLoud = /^(?:bolder|large|extralarge|heading)$/i
      const text = words(item['text'])
      return [item['weight'], item['size'], item['style']].some((look) => isLoud.test(textOf(look)))
        ? bold(text)
        : text
    }
    case 'RichTextBlock': {
      const { inlines } = item
      const runs: unknown[] = Array.isArray(inlines) ? inlines : []
      return runs.map((run) => words(isObject(run) ? run['text'] : run)).join('')
    }
    case 'FactSet':
      return joined(objectsOf(item['facts']).map(({ title, value }) => factText(title, value)))
    case 'Image':
      return linked(textOf(item['url']), words(item['altText']))
    case 'ActionSet':
      return joined(objectsOf(item['actions']).map(actionText), ' ')
    case 'TableRow':
      return joined(
        objectsOf(item['cells']).map((cell) => itemsText(cell['items'])),
        ' · ',
      )
    default:
      return joined([
        itemsText(item['items']),
        itemsText(item['columns']),
        itemsText(item['images']),
        ...objectsOf(item['rows']).map((row) => itemText({ type: 'TableRow', ...row })),
      ])
  }
}

function factText(name: unknown, value: unknown): string {
  const title = words(name).trim().replace(/:$/, '')
  return title === '' ? words(value) : joined([`**${title}:**`, words(value)], ' ')
}

/** A button: a link if it opens a page, otherwise its label. */
function actionText(action: Raw): string {
  const [target] = objectsOf(action['targets'])
  const url = [action['url'], target?.['uri'], action['value']].find((one) => textOf(one) !== '')
  const label = words(action['title'] ?? action['name'])
  return label === '' ? '' : linked(textOf(url), `[${label}]`)
}

/** Marks in a title stay as they are. */
const bold = (text: string): string => (/[*\n]/.test(text) ? text : boldLine(text))

const htmlMarks: Readonly<Record<string, string>> = {
  b: '**',
  strong: '**',
  i: '_',
  em: '_',
  br: '\n',
  p: '',
}

/** A text with the HTML that tools put into it as Markdown. Invariant of the cost: a match ends before the next `<`, and what may vary in a tag is short. */
function words(raw: unknown): string {
  const text = textOf(raw)
    .replace(/<at>([^<>]*)<\/at>/gi, '@$1')
    .replace(
      /<a\s[^<>]{0,200}?href="([^"<>]{0,2000})"[^<>]{0,200}>([^<>]*)<\/a>/gi,
      (_, url: string, label: string) => linked(decodeEntities(url), label),
    )
    .replace(/<\/?(br|b|strong|i|em|p)\s*\/?>/gi, (_, tag: string) => htmlMarks[tag.toLowerCase()] ?? '')
    .replace(/&(?:nbsp|quot|#39);/g, (entity) =>
      entity === '&nbsp;' ? ' ' : entity === '&quot;' ? '"' : "'",
    )
  return decodeEntities(text)
}
