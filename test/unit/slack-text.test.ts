// Slack's texts as Markdown: what a person reads, from whatever a tool sends.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cleanEmoji } from '../../server/protocol/emoji.ts'
import { limits } from '../../server/protocol/limits.ts'
import { byteLength, refuseText } from '../../server/protocol/text.ts'
import { attachmentsText, blocksText } from '../../server/slack/blocks.ts'
import { emojiOf, withEmoji } from '../../server/slack/emoji.ts'
import { toMarkdown } from '../../server/slack/mrkdwn.ts'
import { cutMark, cutText, readPayload } from '../../server/hook/payload.ts'

describe('mrkdwn', () => {
  test.each([
    ['*bold*, _italic_ and ~gone~', '**bold**, _italic_ and ~~gone~~'],
    ['*_both_*', '**_both_**'],
    ['(*a* and *b*)', '(**a** and **b**)'],
    ['snake_case_name, 2*3*4 and ~/home', 'snake_case_name, 2\\*3\\*4 and ~/home'],
    ['* an item\n* another', '* an item\n* another'],
    ['*over\nlines*', '\\*over\nlines\\*'],
    ['**already**', '**already**'],
    ['`*code*` and ```*fence*\n<x>```', '`*code*` and\n```\n*fence*\n<x>\n```'],
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
    ['<!here> <!channel> <!everyone|everyone> <!group>', '@here @room @room @room'],
    ['<!subteam^S1|@crew> <!subteam^S2> <!from_the_future>', '@crew @S2 @from_the_future'],
    ['<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
    ['<!date^1392734382^{date}>', '2014-02-18 14:39 UTC'],
    ['<@U1> <@U2|bob> <#C1|garden>', '@U1 @bob #garden'],
    ['a <b> c', 'a <b> c'],
    ['5 < 6 > 4', '5 < 6 > 4'],
  ])('%j is %j', (slack, markdown) => {
    expect(toMarkdown(slack)).toBe(markdown)
  })

  test('known people and rooms get their names', () => {
    const names = { person: (id: string) => (id === 'U1' ? '安娜' : undefined), channel: () => 'garden' }
    expect(toMarkdown('<@U1> <@U9> in <#C7>', names)).toBe('@安娜 @U9 in #garden')
  })

  test('names of emoji become emoji, unknown ones stay as written', () => {
    expect(toMarkdown(':tada: :our_logo: 12:30:45')).toBe('🎉 :our_logo: 12:30:45')
    expect(withEmoji(':wave::skin-tone-5:')).toBe('👋🏾')
    expect(emojiOf(':+1:')).toBe('👍')
    expect(emojiOf('constructor')).toBeUndefined()
    expect(toMarkdown('比分:100:98 and 12:30:45')).toBe('比分:100:98 and 12:30:45')
    expect(withEmoji(':handshake::skin-tone-2-3: :raising_hand::skin-tone-6:')).toBe('🫱🏻‍🫲🏼 🙋🏿')
  })

  test('every emoji that has a name in Slack has it here, in each skin tone, and may be a reaction', () => {
    const all = JSON.parse(
      readFileSync('node_modules/emoji-picker-element-data/en/iamcal/data.json', 'utf8'),
    ) as { emoji: string; shortcodes?: string[]; skins?: { emoji: string; tone: number | number[] }[] }[]
    const named = all.flatMap(({ shortcodes = [], ...one }) => shortcodes.map((name) => ({ ...one, name })))
    expect(named.length).toBeGreaterThan(1_900)
    for (const { name, emoji, skins = [] } of named) {
      expect([name, emojiOf(name)]).toEqual([name, cleanEmoji(emoji)])
      for (const skin of skins)
        expect(
          emojiOf(
            `${name}::skin-tone-${[skin.tone]
              .flat()
              .map((tone) => tone + 1)
              .join('-')}`,
          ),
        ).toBe(cleanEmoji(skin.emoji))
    }
    for (const [name, emoji] of Object.entries({
      brain: '🧠',
      'man-shrugging': '🤷‍♂️',
      raising_hand: '🙋',
      rofl: '🤣',
    }))
      expect(emojiOf(name)).toBe(emoji)
  })
})

// Linear: a second or two in all. Quadratic in 100,000 characters is minutes, beyond any test's time.
test('hostile text of a whole body is read in one pass', () => {
  const size = 100_000
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
    '**a ',
    '](',
    '~*',
    'https://a_',
    '\n',
    '- ',
    '|-',
    '<@U1>',
  ]
  for (const unit of hostile) {
    const text = unit.repeat(Math.ceil(size / unit.length))
    expect(toMarkdown(text).length).toBeGreaterThan(0)
    expect(toMarkdown(`<https://x.example|${text}>`).length).toBeGreaterThan(0)
    const styled = { type: 'text', text: `x${text}x`, style: { bold: true } }
    blocksText([{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [styled] }] }])
  }
})

test('a text of more marks than a message draws is shown as it was typed', () => {
  const { marks } = limits.markdown
  const drawn = '*a* '.repeat(marks / 2)
  expect(toMarkdown(drawn)).toBe('**a** '.repeat(marks / 2))
  expect(toMarkdown(`${drawn}*b &amp; c`)).toBe(`${drawn}*b & c`)
})

describe('blocks', () => {
  test('each kind is reduced to its text', () => {
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
      {
        type: 'table',
        rows: [
          [
            { type: 'raw_text', text: 'Job|s' },
            { type: 'raw_text', text: 'Result' },
          ],
          [
            { type: 'rich_text', elements: [] },
            { type: 'raw_text', text: 'green' },
          ],
        ],
      },
      { type: 'from_the_future', text: { type: 'mrkdwn', text: 'words' } },
    ]
    expect(blocksText(blocks)).toBe(
      [
        '**Deploy 🚀**',
        '**api** is [green](https://ci.example)',
        '**Branch:** main',
        'Took \\*3\\* min',
        '[[Open]](https://ci.example/1)',
        '---',
        '[a graph](https://x.example/g.png)',
        '[face](https://x.example/f.png) by _ann_',
        '[Approve]',
        '| Job\\|s | Result |',
        '| --- | --- |',
        '|  | green |',
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
          { type: 'broadcast', range: 'channel' },
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
        '**_loud_** <plain>🎉@U1@room[x](https://x.example)no link',
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

test('an attachment is its text in Slack’s order, its fallback only if it has none', () => {
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
      '**[Disk \\*full\\*](https://x.example/1)**',
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
  test('contains its text, then its attachments; with blocks its text is only for notifications', () => {
    expect(readPayload({ text: 'hi', attachments: [{ text: 'more' }] })).toEqual({ text: 'hi\n\nmore' })
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'block' } }]
    expect(readPayload({ text: 'hi', blocks })).toEqual({ text: 'block' })
    expect(readPayload({ text: 'hi', blocks: [{ type: 'nothing' }] })).toEqual({ text: 'hi' })
    expect(readPayload({ text: '*hi*', mrkdwn: false })).toEqual({ text: '\\*hi\\*' })
  })

  test('names the sender, if that is a valid name', () => {
    const named = { text: 'hi', username: ' Grafana\n  alerts ', icon_emoji: ':fire:' }
    expect(readPayload(named)).toEqual({ text: 'hi', name: 'Grafana alerts', icon: '🔥' })
    expect(readPayload({ text: 'hi', username: '\u202e', icon_emoji: ':our_logo:' })).toEqual({ text: 'hi' })
    expect(readPayload({ text: 'hi', icon_emoji: '🦊' })).toEqual({ text: 'hi', icon: '🦊' })
    expect(readPayload({ text: 'hi', username: '名'.repeat(40) })).toEqual({
      text: 'hi',
      name: '名'.repeat(32),
    })
  })

  test('without text, or of another form, is refused with Slack’s codes', () => {
    expect(readPayload({})).toBe('no_text')
    expect(readPayload({ text: ' \n' })).toBe('no_text')
    expect(readPayload({ text: '\0' })).toBe('no_text')
    for (const raw of [null, 'hi', 7, ['hi']]) expect(readPayload(raw)).toBe('invalid_payload')
  })

  test('is cut before it is converted, wherever its text is, and may be nested as deep as JSON allows', () => {
    const long = 'word '.repeat(50_000)
    const rest = { fields: [{ title: 'last', value: 'unseen' }] }
    for (const raw of [{ text: long, attachments: [rest] }, { attachments: [{ text: long }, rest] }]) {
      const message = readPayload(raw)
      expect(typeof message === 'object' && message.text.endsWith(cutMark)).toBe(true)
      expect(JSON.stringify(message)).not.toContain('unseen')
    }
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    expect(readPayload({ text: 'hi', blocks: deep, attachments: deep })).toEqual({ text: 'hi' })
  })

  test('of any form is never our error, and the result may be posted', () => {
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

describe('a card for Teams', () => {
  const title = '**Build 12** failed'
  test.each([
    [
      'a title',
      { title: 'Disk full', text: 'on *db1*<br>and &lt;db2&gt;' },
      '**Disk full**\non *db1*\nand <db2>',
    ],
    [
      'a MessageCard',
      {
        '@type': 'MessageCard',
        summary: 'for the notification',
        title,
        text: 'see <a href="https://ci.example/12">the log</a>',
        sections: [
          {
            activityTitle: '[Ann](https://x.example)',
            activitySubtitle: 'main',
            facts: [{ name: 'Branch', value: 'main' }, { name: 'Took:', value: '3 min' }, 7],
            images: [{ image: 'https://x.example/g.png', title: 'graph' }],
          },
        ],
        potentialAction: [
          { '@type': 'OpenUri', name: 'Open', targets: [{ os: 'default', uri: 'https://ci.example' }] },
        ],
      },
      [
        title,
        'see [the log](https://ci.example/12)',
        '',
        '**[Ann](https://x.example)**',
        'main',
        '**Branch:** main',
        '**Took:** 3 min',
        '[graph](https://x.example/g.png)',
        '',
        '[[Open]](https://ci.example)',
      ].join('\n'),
    ],
    ['a summary, if that is all', { '@type': 'MessageCard', summary: 'done' }, 'done'],
    [
      'an Adaptive Card, in a message',
      {
        type: 'message',
        text: 'before it',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              type: 'AdaptiveCard',
              body: [
                { type: 'TextBlock', text: 'Deployed', weight: 'bolder' },
                { type: 'Container', items: [{ type: 'TextBlock', text: 'by <at>Ann</at>' }] },
                {
                  type: 'ColumnSet',
                  columns: [{ items: [{ type: 'Image', url: 'https://x.example/i.png' }] }],
                },
                { type: 'FactSet', facts: [{ title: 'Version', value: '1.2' }] },
                { type: 'RichTextBlock', inlines: ['took ', { type: 'TextRun', text: '3 min' }] },
                { type: 'Table', rows: [{ cells: [{ items: [{ type: 'TextBlock', text: 'cell' }] }] }] },
              ],
              actions: [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://x.example' }],
            },
          },
        ],
      },
      [
        'before it',
        '',
        '**Deployed**',
        'by @Ann',
        'https://x.example/i.png',
        '**Version:** 1.2',
        'took 3 min',
        'cell',
        '[[Open]](https://x.example)',
      ].join('\n'),
    ],
    [
      'an Adaptive Card alone',
      {
        type: 'AdaptiveCard',
        body: [{ type: 'TextBlock', text: 'javascript: <a href="javascript:x">x</a>' }],
      },
      'javascript: x',
    ],
    [
      'a card with buttons',
      {
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.hero',
            content: {
              title: 'Hi',
              subtitle: 'low',
              text: 'x',
              buttons: [{ title: 'Go', value: 'https://x.example' }],
            },
          },
        ],
      },
      '**Hi**\nlow\nx\n[[Go]](https://x.example)',
    ],
  ])('%s', (_name, raw, text) => {
    expect(readPayload(raw)).toEqual({ text })
  })

  test('without words, or of any odd form, is refused and never our error', () => {
    const odd = [null, 7, 'x', [[]], { type: 7 }, [{ type: 'TextBlock', text: {} }]]
    for (const one of odd) {
      for (const raw of [
        { '@type': 'MessageCard', title: one, sections: one, potentialAction: one },
        { type: 'AdaptiveCard', body: one, actions: one },
        { attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: one }] },
      ])
        expect(['string', 'object']).toContain(typeof readPayload(raw))
    }
    expect(readPayload({ type: 'AdaptiveCard', body: [] })).toBe('no_text')
    for (const hostile of ['<a href="<at>', '<a ', ' href=""', '<b'])
      expect(typeof readPayload({ title: 'x', text: `<a ${hostile.repeat(20_000)}` })).toBe('object')
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
