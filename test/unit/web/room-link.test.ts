// @vitest-environment happy-dom
// Rooms after a `#`: where one is being typed, the choices, and the link that stands in the text and opens inside.
import { describe, expect, it } from 'vitest'
import { partsIn, treeOf } from '../../../server/text/tree.ts'
import type { LinkedRoom } from '../../../web/conversation/composer/completion/choice.ts'
import { linkTo, roomPiece, roomSource } from '../../../web/conversation/composer/completion/sources/rooms.ts'
import { inBrief } from '../../../web/text/brief.ts'

const at = (marked: string) => ({ text: marked.replace('|', ''), caret: marked.indexOf('|') })
const room = (name: string, kind: LinkedRoom['kind'] = 'public', id = '7'): LinkedRoom => ({ id, name, kind })

describe('a room is being typed', () => {
  it.each([
    ['see #ga|', 'ga'],
    ['#|', ''],
    ['看#花|', '花'],
    ['(#reading cl|', 'reading cl'],
    ['#4th|', '4th'],
  ])('in %j: %j', (typed, query) => expect(roomPiece(at(typed))?.query).toBe(query))

  it.each([
    '# title|',
    '## |',
    'issue #42|',
    'c#sharp|',
    'https://a.example/#top|',
    '`#a|',
    '\\#a|',
    '#a\n|',
  ])('not in %j', (typed) => expect(roomPiece(at(typed))).toBeUndefined())
})

it('beginnings first, then beginnings of words; case and accents make no difference', () => {
  const rooms = ['old garden', 'Gärten', 'garden', 'fungarden'].map((name, id) =>
    room(name, 'public', `${id}`),
  )
  const found = roomSource(() => rooms).choices('GAR')
  expect(found.map(({ key }) => key)).toEqual(['1', '2', '0', '3'])
})

describe('what stands in the text', () => {
  it.each([
    [room('garden'), '#garden'],
    [room('founders', 'private'), 'founders'],
    [room('a_b*c [x] `y` :fire:'), '#a_b*c [x] `y` :fire:'],
    [room('@Ann https://x.example'), '#@Ann https://x.example'],
    [room('产品讨论'), '#产品讨论'],
  ])('%j is drawn as a link with its name', (one, name) => {
    const links = [...partsIn(treeOf(`see ${linkTo(one)}.`))].filter((part) => part.is === 'link')
    expect(links.map((link) => link.is === 'link' && link.to)).toEqual(['/rooms/7'])
    expect(inBrief({ text: `see ${linkTo(one)}.` } as Parameters<typeof inBrief>[0])).toBe(`see ${name}.`)
  })

  it.each(['/api/x', '//evil.example', '/rooms/7/../x', 'javascript:alert(1)', '/rooms/7"onx='])(
    '%j is no target',
    (to) =>
      expect([...partsIn(treeOf(`[a](${to})`))].some((part) => part.is === 'link' && part.to === to)).toBe(
        false,
      ),
  )
})
