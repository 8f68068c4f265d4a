// What is read of a page: the good ones as they mean it, the hostile ones within milliseconds and without harm.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanWords } from '../../../server/link-cards/page/clean.ts'
import { decodePage } from '../../../server/link-cards/page/decode.ts'
import { readHead } from '../../../server/link-cards/page/read-head.ts'
import { linkCardLimits } from '../../../server/protocol/link-card-limits.ts'
import { hostilePages } from '../../support/hostile-pages/pages.ts'

const at = new URL('https://site.example/some/page?x=1')
const headOf = (bytes: Buffer, type = 'text/html') => readHead(decodePage(bytes, type), at)
const read = (html: string) => headOf(Buffer.from(html))
/** One page of the most that is read of any: a hundred times what a good one takes. */
const quickMs = 1_000
/** Control characters, and marks that turn or hide text. */
const harmful = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u

describe('a page', () => {
  test('says most by Open Graph, then by the names of Twitter, then plainly', () => {
    const plain = '<title>Plain</title><meta name="description" content="In short.">'
    expect(read(plain)).toMatchObject({ title: 'Plain', description: 'In short.', site: undefined })
    const twitter = `${plain}<meta name="twitter:title" content="Bird"><meta name="twitter:image" content="/b.png">`
    expect(read(twitter)).toMatchObject({ title: 'Bird', image: 'https://site.example/b.png' })
    const graph = `${twitter}<meta property="og:title" content="Graph"><meta property="og:image" content="g.png">`
    expect(read(graph)).toMatchObject({ title: 'Graph', image: 'https://site.example/some/g.png' })
  })

  test('has the sign that can be read: no drawing, and no ICO', () => {
    const icons = (links: string) => read(`<title>t</title>${links}`).icon
    expect(icons('<link rel="shortcut icon" href="/f.png">')).toBe('https://site.example/f.png')
    expect(icons('<link rel="icon" href="/f.svg"><link rel="icon" href="/f.ico">')).toBeUndefined()
    expect(icons('<link rel=icon href=/a.png><link rel=apple-touch-icon href=/b.png>')).toBe(
      'https://site.example/b.png',
    )
  })

  test('is cut where it is long, and says so', () => {
    const { title = '', description = '' } = read(
      `<title>${'标题'.repeat(300)}</title><meta name=description content="${'w '.repeat(900)}">`,
    )
    expect([...title]).toHaveLength(linkCardLimits.titleChars)
    expect(title.endsWith('…')).toBe(true)
    expect([...description].length).toBeLessThanOrEqual(linkCardLimits.descriptionChars)
  })
})

describe('a hostile page', () => {
  test('is one of many', () => expect(hostilePages.length).toBeGreaterThan(50))

  test.each(hostilePages.map((one) => [one.name, one] as const))('%s', (_name, { bytes, type, card }) => {
    const began = performance.now()
    const head = headOf(bytes.subarray(0, linkCardLimits.page.bytes), type)
    expect(performance.now() - began).toBeLessThan(quickMs)
    for (const words of [head.title, head.description, head.site]) expect(words ?? '').not.toMatch(harmful)
    for (const address of [head.image, head.icon])
      if (address !== undefined) expect(address).toMatch(/^https?:\/\//)
    expect([...(head.title ?? '')].length).toBeLessThanOrEqual(linkCardLimits.titleChars)
    if (card === undefined) expect(head.title).toBeUndefined()
    else expect(head).toMatchObject(card)
  })

  test('of any bytes gives words that are safe', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const head = headOf(Buffer.concat([Buffer.from('<title>'), Buffer.from(bytes)]))
        expect(head.title ?? '').not.toMatch(harmful)
      }),
    )
  })
})

test('words keep what languages and emoji need', () => {
  for (const words of ['👩‍👩‍👧‍👦 family', 'می‌خواهم', 'ภาษาไทยน้ำ', 'Tiếng Việt', 'שָׁלוֹם', '中文 標題'])
    expect(cleanWords(words, 100)).toBe(words.normalize('NFC'))
})
