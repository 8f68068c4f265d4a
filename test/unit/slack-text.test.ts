// Slack's words as Markdown: what a person reads, from whatever a tool sends.
import { describe, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { byteLength, refuseText } from '../../server/protocol/text.ts'
import { attachmentsText, blocksText } from '../../server/slack/blocks.ts'
import { emojiOf, withEmoji } from '../../server/slack/emoji.ts'
import { toMarkdown } from '../../server/slack/mrkdwn.ts'
import { cutMark, cutText, readPayload } from '../../server/slack/payload.ts'

describe('mrkdwn', () => {
  test.each([
    ['*bold*, _italic_ and ~gone~', '**bold**, _italic_ and ~~gone~~'],
    ['*_both_*', '**_both_**'],
    ['(*a* and *b*)', '(**a** and **b**)'],
    ['snake_case_name, 2*3*4 and ~/home', 'snake_case_name, 2*3*4 and ~/home'],
    ['* an item\n* another', '* an item\n* another'],
    ['*over\nlines*', '*over\nlines*'],
    ['**already**', '**already**'],
    ['`*code*` and ```*fence*\n<x>```', '`*code*` and ```\n*fence*\n<x>\n```'],
    ['`a &amp;&amp; b`', '`a && b`'],
    ['&gt; quoted &amp;lt;', '> quoted &lt;'],
    ['*重要*：磁盘 _快满了_。', '**重要**：磁盘 _快满了_。'],
    ['这是 ~旧的~，<https://例子.cn/路径|看这里>', '这是 ~~旧的~~，[看这里](https://例子.cn/路径)'],
  ])('%j is %j', (slack, markdown) => {
    expect(toMarkdown(slack)).toBe(markdown)
  })

  test.each([
    ['<https://x.example/a?b=1&amp;c=2>', 'https://x.example/a?b=1&c=2'],
    ['<https://x.example|label>', '[label](https://x.example)'],
    ['*<https://x.example|[#12] Fix>*', '**[[#12] Fix](https://x.example)**'],
    ['<https://x.example|a]b>', '[a\\]b](https://x.example)'],
    ['<https://x.example/a_(b)|paper>', '[paper](https://x.example/a_%28b%29)'],
    ['<https://x.example|https://x.example>', 'https://x.example'],
    ['<mailto:ann@x.example|ann@x.example>', 'ann@x.example'],
    ['<javascript:alert(1)|press me>', 'press me'],
    ['<!here> <!channel> <!subteam^S1|@crew>', '@here @channel @crew'],
    ['<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
    ['<!date^1392734382^{date}>', '2014-02-18 14:39 UTC'],
    ['<@U1> <@U2|bob> <#C1|garden>', '@U1 @bob #garden'],
    ['a <b> c', 'a <b> c'],
    ['5 < 6 > 4', '5 < 6 > 4'],
  ])('%j is %j', (slack, markdown) => {
    expect(toMarkdown(slack)).toBe(markdown)
  })

  test('people and rooms that are known get their names', () => {
    const names = { person: (id: string) => (id === 'U1' ? '安娜' : undefined), channel: () => 'garden' }
    expect(toMarkdown('<@U1> <@U9> in <#C7>', names)).toBe('@安娜 @U9 in #garden')
  })

  test('names of emoji become emoji, unknown ones stay as written', () => {
    expect(toMarkdown(':tada: :our_logo: 12:30:45')).toBe('🎉 :our_logo: 12:30:45')
    expect(withEmoji(':wave::skin-tone-5:')).toBe('👋🏾')
    expect(emojiOf(':+1:')).toBe('👍')
    expect(emojiOf('constructor')).toBeUndefined()
  })
})

// Linear: a third of a second in all. Quadratic in 200,000 characters is minutes, beyond any test's time.
test('hostile text of a whole body is read in one pass', () => {
  const size = 200_000
  const hostile = [
    '```',
    '`',
    '<',
    '<a|',
    '*a ',
    '_',
    '~x~',
    ':',
    '&amp;',
    '[',
    '*_~`<:',
    '<!date^',
    ' \t',
    '```a`` ',
  ]
  for (const unit of hostile) {
    const text = unit.repeat(Math.ceil(size / unit.length))
    expect(toMarkdown(text).length).toBeGreaterThan(0)
    expect(toMarkdown(`<https://x.example|${text}>`).length).toBeGreaterThan(0)
    const styled = { type: 'text', text: `x${text}x`, style: { bold: true } }
    blocksText([{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [styled] }] }])
  }
})

describe('blocks', () => {
  test('each kind is reduced to its words', () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'Deploy :rocket:' } },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '*api* is <https://ci.example|green>' },
        fields: [
          { type: 'mrkdwn', text: '*Branch:* main' },
          { type: 'plain_text', text: 'Took *3* min' },
        ],
        accessory: {
          type: 'button',
          text: { type: 'plain_text', text: 'Open' },
          url: 'https://ci.example/1',
        },
      },
      { type: 'divider' },
      { type: 'image', image_url: 'https://x.example/g.png', alt_text: 'a graph' },
      {
        type: 'context',
        elements: [
          { type: 'image', image_url: 'https://x.example/f.png', alt_text: 'face' },
          { type: 'mrkdwn', text: 'by _ann_' },
        ],
      },
      { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Approve' } }] },
      { type: 'from_the_future', text: { type: 'mrkdwn', text: 'words' } },
    ]
    expect(blocksText(blocks)).toBe(
      [
        '**Deploy 🚀**',
        '**api** is [green](https://ci.example)',
        '**Branch:** main',
        'Took *3* min',
        '[[Open]](https://ci.example/1)',
        '---',
        '[a graph](https://x.example/g.png)',
        '[face](https://x.example/f.png) by _ann_',
        '[Approve]',
        'words',
      ].join('\n'),
    )
  })

  test('rich text keeps its style, lists, quotes and code', () => {
    const text = (words: string, style = {}) => ({ type: 'text', text: words, style })
    const elements = [
      {
        type: 'rich_text_section',
        elements: [
          text('loud ', { bold: true, italic: true }),
          text('<plain>'),
          { type: 'emoji', name: 'tada' },
          { type: 'user', user_id: 'U1' },
          { type: 'link', url: 'https://x.example', text: 'x' },
          { type: 'link', url: 'javascript:alert(1)', text: 'no link' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: [
          { type: 'rich_text_section', elements: [text('一')] },
          { type: 'rich_text_section', elements: [text('二', { code: true })] },
        ],
      },
      { type: 'rich_text_quote', elements: [text('a\nb')] },
      { type: 'rich_text_preformatted', elements: [text('let x = `1`')] },
    ]
    expect(blocksText([{ type: 'rich_text', elements }])).toBe(
      [
        '**_loud_** <plain>🎉@U1[x](https://x.example)no link',
        '1. 一',
        '2. `二`',
        '> a',
        '> b',
        '```',
        'let x = `1`',
        '```',
      ].join('\n'),
    )
  })
})

test('an attachment is its words in Slack’s order, its fallback only when it has none', () => {
  const attachment = {
    fallback: 'said twice',
    pretext: 'New issue',
    author_name: 'ann',
    title: 'Disk *full*',
    title_link: 'https://x.example/1',
    text: 'on <https://x.example|db1>',
    fields: [
      { title: 'State', value: 'open', short: true },
      { title: 'Log', value: 'a\nb' },
    ],
    footer: 'monitor',
  }
  expect(attachmentsText([attachment, { fallback: 'only this' }])).toBe(
    [
      'New issue',
      'ann',
      '**[Disk *full*](https://x.example/1)**',
      'on [db1](https://x.example)',
      '**State:** open',
      '**Log**',
      'a',
      'b',
      'monitor',
      '',
      'only this',
    ].join('\n'),
  )
})

describe('a payload', () => {
  test('says its text, then its attachments; with blocks its text is for notifications alone', () => {
    expect(readPayload({ text: 'hi', attachments: [{ text: 'more' }] })).toEqual({ text: 'hi\n\nmore' })
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'block' } }]
    expect(readPayload({ text: 'hi', blocks })).toEqual({ text: 'block' })
    expect(readPayload({ text: 'hi', blocks: [{ type: 'nothing' }] })).toEqual({ text: 'hi' })
    expect(readPayload({ text: '*hi*', mrkdwn: false })).toEqual({ text: '*hi*' })
  })

  test('says as whom, where it names one that may be a name', () => {
    const named = { text: 'hi', username: ' Grafana\n  alerts ', icon_emoji: ':fire:' }
    expect(readPayload(named)).toEqual({ text: 'hi', name: 'Grafana alerts', icon: '🔥' })
    expect(readPayload({ text: 'hi', username: '\u202e', icon_emoji: ':our_logo:' })).toEqual({ text: 'hi' })
    expect(readPayload({ text: 'hi', icon_emoji: '🦊' })).toEqual({ text: 'hi', icon: '🦊' })
    expect(readPayload({ text: 'hi', username: '名'.repeat(40) })).toEqual({
      text: 'hi',
      name: '名'.repeat(32),
    })
  })

  test('without words, or of another form, is refused in Slack’s words', () => {
    expect(readPayload({})).toBe('no_text')
    expect(readPayload({ text: ' \n' })).toBe('no_text')
    expect(readPayload({ text: '\0' })).toBe('no_text')
    for (const raw of [null, 'hi', 7, ['hi']]) expect(readPayload(raw)).toBe('invalid_payload')
  })

  test('of any form is never our error, and what comes out may be said', () => {
    const odd = [null, 7, '', 'x', [], {}, { type: 7 }, { type: 'section', text: 5, fields: { a: 1 } }]
    for (const text of odd)
      for (const blocks of odd)
        for (const attachments of [odd, blocks]) {
          const read = readPayload({
            text,
            blocks: [blocks, ...odd],
            attachments,
            username: blocks,
            icon_emoji: text,
          })
          if (typeof read === 'object') expect(refuseText(read.text)).toBeUndefined()
        }
    const read = readPayload({ text: 'a\ud800b\0c' })
    expect(read).toEqual({ text: 'a\ufffdbc' })
  })
})

test('a text that is too long is cut between two characters, with a mark', () => {
  const long = cutText('字'.repeat(limits.messageBytes))
  expect(byteLength(long)).toBeLessThanOrEqual(limits.messageBytes)
  expect(byteLength(long)).toBeGreaterThan(limits.messageBytes - 4)
  expect(long).toMatch(/字\n… \(cut here/)
  expect(long).not.toContain('\ufffd')
  const fits = 'a'.repeat(limits.messageBytes)
  expect(cutText(fits)).toBe(fits)
  expect(cutText(`${fits}b`)).toMatch(new RegExp(`${cutMark.slice(-10).replace(')', '\\)')}$`))
})
