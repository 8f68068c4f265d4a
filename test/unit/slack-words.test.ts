// Words from Slack arrive as they were: what Slack does not draw as a mark is none here, and code ends where it ended there.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPayload } from '../../server/hook/payload.ts'
import { blocksText } from '../../server/slack/blocks.ts'
import { toMarkdown } from '../../server/slack/mrkdwn.ts'
import { drawn } from '../support/drawn.ts'

describe('code', () => {
  test.each([
    ['run ```npm ci``` now', 'run\n«code npm ci»\nnow'],
    ['```a```', '«code a»'],
    ['```a``` ```b```', '«code a»\n«code b»'],
    ['- ```a``` b', '-\n«code a»\nb'],
    ['&gt; see ```a\nb```\nafter', '«quote see\n«code a\nb»»\nafter'],
    ['*before ```a``` after*', '*before\n«code a»\nafter*'],
    ['`curl <https://x.example/a?b=1&amp;c=2>`', '«curl https://x.example/a?b=1&c=2»'],
    ['`<http://x.example|x.example>`', '«x.example»'],
    ['`<https://x.example/a|the page>`', '«https://x.example/a»'],
    ['`<mailto:ann@x.example|ann@x.example>`', '«ann@x.example»'],
    ['`<@U1> in <#C1|garden>, <!here>`', '«@U1 in #garden, @here»'],
    ['```GET <https://x.example/a>\n&lt;b&gt;```', '«code GET https://x.example/a\n<b>»'],
    ['`a <b> c`', '«a <b> c»'],
    ['` padded `', '« padded »'],
    ['a lone ` stays', 'a lone ` stays'],
    ['see *https://x.example/a_b_*', 'see «strong «https://x.example/a_b_ to https://x.example/a_b_»»'],
  ])('%j is drawn as %j', (slack, shown) => {
    expect(drawn(toMarkdown(slack))).toBe(shown)
  })

  test('of rich text may contain backticks', () => {
    const text = (words: string, style = {}) => ({ type: 'text', text: words, style })
    const elements = [
      {
        type: 'rich_text_section',
        elements: [text('a`b', { code: true }), text(' '), text('`', { code: true })],
      },
      { type: 'rich_text_preformatted', elements: [text('```\nx\n```')] },
    ]
    expect(drawn(blocksText([{ type: 'rich_text', elements }]))).toBe('«a`b» «`»\n«code ```\nx\n```»')
  })
})

describe('plain words', () => {
  test.each([
    '__init__',
    '2*3*4',
    '\\_build',
    '**kwargs and *args',
    '_private and __dunder__ in a_b_c',
    '# no heading',
    '[x](https://x.example)',
    '||hush||',
    '~~~',
    '---',
    'a | b\n--- | ---\n1 | 2',
    'C:\\*.log and \\\\fs01\\_build\\x',
    '¯\\_(ツ)_/¯',
    'https://x.example/_a_/*b*?c=__d__',
    '重要*不是*粗体',
  ])('%j', (words) => {
    const shown = drawn(toMarkdown(words)).replace(/«(\S+) to \S+»/g, '$1')
    expect(shown).toBe(words)
  })

  test('are no link because they stood in angle brackets', () => {
    expect(drawn(toMarkdown('&lt;mailto:ann@x.example&gt;'))).not.toMatch(/^«/)
  })

  test.each([
    '# no heading',
    '1986. fine',
    '- a\n- b',
    '> no quote',
    '*a* _b_ `c` ~~d~~',
    '+ x',
    '1) a',
    '* * *',
  ])('%j is no Markdown where Slack says that it is plain', (words) => {
    const section = { type: 'section', text: { type: 'plain_text', text: words } }
    const rich = { type: 'rich_text_section', elements: [{ type: 'text', text: words }] }
    const payloads = [
      { text: words, mrkdwn: false },
      { blocks: [section] },
      { blocks: [{ type: 'rich_text', elements: [rich] }] },
      { attachments: [{ blocks: [section] }] },
    ]
    for (const payload of payloads) {
      const read = readPayload(payload)
      expect(typeof read === 'object' ? drawn(read.text) : read).toBe(words)
    }
  })

  test('where Slack says that they are plain, addresses and names are what they are', () => {
    const read = readPayload({ text: '*x* <https://x.example|the page> :tada: &amp; <!here>', mrkdwn: false })
    expect(typeof read === 'object' && drawn(read.text)).toBe(
      '*x* «the page to https://x.example/» 🎉 & @here',
    )
  })

  test('marks around them are marks', () => {
    expect(drawn(toMarkdown('*__init__* and _2*3*4_'))).toBe('«strong __init__» and «em 2*3*4»')
    expect(drawn(toMarkdown('<https://x.example|2*3*4 __init__>'))).toBe(
      '«2*3*4 __init__ to https://x.example/»',
    )
  })

  test('of any kind are drawn as they are', () => {
    const piece = fc.constantFrom(
      ...[
        '*',
        '_',
        '__',
        '**',
        '||',
        '`',
        '[',
        '](',
        ')',
        '# ',
        '- ',
        '1. ',
        '> ',
        '---',
        'a',
        'wort',
        '字',
        ' ',
        '\n',
      ],
    )
    const text = fc
      .array(piece, { minLength: 1, maxLength: 12 })
      .map((pieces) => `x${pieces.join('')}y`)
      .filter((words) => !/\n[^\S\n]*\n/.test(words))
    fc.assert(
      fc.property(text, (words) => {
        const read = readPayload({ blocks: [{ type: 'section', text: { type: 'plain_text', text: words } }] })
        expect(typeof read === 'object' && drawn(read.text)).toBe(words)
      }),
      { numRuns: 2_000 },
    )
  })
})
