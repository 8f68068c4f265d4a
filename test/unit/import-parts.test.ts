// The pure parts of an import: names, texts, cids, progress, and what a Slack message becomes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importedCid } from '../../server/import/cid.ts'
import { busynessOf } from '../../server/import/load.ts'
import { isNthName, nthName, tamePersonName, tameRoomName, tameTopic } from '../../server/import/names.ts'
import { duration, progressLine } from '../../server/import/progress.ts'
import { compareTimes, readMessage } from '../../server/import/slack/message.ts'
import { splitText, tameText } from '../../server/import/split-text.ts'
import { cidTime, isCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { cleanName, cleanRoomName, cleanTopic } from '../../server/protocol/names.ts'
import { refuseText } from '../../server/protocol/text.ts'
import { drawn } from '../support/drawn.ts'

const text = fc.string({ unit: 'binary', maxLength: 300 })

test('whatever a name is elsewhere, it is valid here', () => {
  fc.assert(
    fc.property(text, (raw) => {
      expect(cleanName(tamePersonName(raw, 'U1'))).toBe(tamePersonName(raw, 'U1'))
      expect(cleanRoomName(tameRoomName(raw, 'C1'))).toBeDefined()
      expect(cleanTopic(tameTopic(raw))).toBeDefined()
    }),
  )
  expect(tamePersonName('  王小明 ', 'U1')).toBe('王小明')
  expect(tamePersonName('\u202e\u200b', 'U1')).toBe('U1')
})

test('a name that is taken gets a suffix, within the same length, and is recognised by it', () => {
  expect([1, 2, 10].map((n) => nthName('ann', n, 32))).toEqual(['ann', 'ann-2', 'ann-10'])
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9_999 }), (raw, n) => {
      const wanted = tamePersonName(raw, 'U1')
      const name = nthName(wanted, n, limits.nameChars)
      expect([...name].length).toBeLessThanOrEqual(limits.nameChars)
      expect(isNthName(name, wanted, limits.nameChars)).toBe(true)
    }),
  )
  expect(isNthName('ann-2', 'bob', 32)).toBe(false)
})

test('a long text becomes parts that may each be posted, and nothing but spaces is lost', () => {
  const words = fc.array(fc.constantFrom('a', ' ', '\n', '你', '😀', 'word '), { maxLength: 200 })
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 64 }), (chars, max) => {
      const whole = chars.join('')
      const parts = splitText(whole, max)
      for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(max)
      expect(parts.join('').replace(/\s/g, '')).toBe(whole.replace(/\s/g, ''))
    }),
  )
  expect(splitText('short', 100)).toEqual(['short'])
  expect(refuseText(tameText('a\0b\ud800c'))).toBeUndefined()
})

test('a cid is the same for the same message, and different for any other', () => {
  const cid = importedCid('slack:T1', 'C1', '1577880002.000100', 1_577_880_002_000)
  expect(isCid(cid)).toBe(true)
  expect(cidTime(cid)).toBe(1_577_880_002_000)
  expect(importedCid('slack:T1', 'C1', '1577880002.000100', 1_577_880_002_000)).toBe(cid)
  const others = [
    importedCid('slack:T2', 'C1', '1577880002.000100', 1_577_880_002_000),
    importedCid('slack:T1', 'C2', '1577880002.000100', 1_577_880_002_000),
    importedCid('slack:T1', 'C1', '1577880002.000101', 1_577_880_002_000),
  ]
  expect(new Set([cid, ...others]).size).toBe(4)
})

test('the progress shows what is done, the rate and what remains', () => {
  const line = progressLine({ done: 250, of: 1_000, messages: 900, known: 100 }, 10_000)
  expect(line).toBe('[#####---------------]  25 %  900 new, 100 known, 100 a second, 30 s left')
  expect(progressLine({ done: 0, of: 0, messages: 0, known: 0 }, 1)).toContain('100 %')
  expect([59_000, 61_000, 3_700_000].map(duration)).toEqual(['59 s', '1 min 1 s', '1 h 1 min'])
})

test('an import takes less while people post or the archive is behind, and waits while it is far behind', () => {
  const load = { unarchived: 0, redis: 0, byOthers: 0 }
  expect(busynessOf(load, Infinity)).toBe('free')
  expect(busynessOf(load, 500)).toBe('busy')
  expect(busynessOf({ ...load, unarchived: 30_000 }, Infinity)).toBe('busy')
  expect(busynessOf({ ...load, unarchived: 100_000 }, Infinity)).toBe('full')
  expect(busynessOf({ ...load, redis: limits.backlog.warnAt }, Infinity)).toBe('full')
})

const said = { type: 'message', user: 'U1', ts: '1577880002.000100', text: 'hello' }
const noBytes = () => undefined
const read = (more: object) =>
  readMessage({ ...said, ...more }, 'general/day.json, line 1', { names: {}, bytesOf: noBytes })

test('messages are in Slack’s order, finer than a millisecond', () => {
  const times = ['2.000200', '10.000001', '2.0001', '2.000150']
  expect(times.sort(compareTimes)).toEqual(['2.0001', '2.000150', '2.000200', '10.000001'])
})

test.each([
  ['a join', { subtype: 'channel_join' }, true],
  ['a topic', { subtype: 'channel_topic' }, true],
  ['a pin', { subtype: 'pinned_item' }, true],
  ['what was deleted', { subtype: 'tombstone' }, true],
  ['something without a time', { ts: 'yesterday' }, false],
  ['something nobody said', { user: undefined }, false],
  ['nothing to show', { text: '  ' }, false],
  ['what is no message', { type: 'event' }, false],
])('%s is not imported, and it is reported whether that is a loss', (_what, more, expected) => {
  expect(read(more)).toEqual({ why: expect.any(String), expected })
})

test('a reply that was also sent to the room, and an action message, are imported as they are', () => {
  const thread = { subtype: 'thread_broadcast', thread_ts: '1577880001.000000' }
  expect(read(thread)).toMatchObject({ thread: '1577880001.000000', text: 'hello' })
  expect(read({ subtype: 'me_message', text: 'waves' })).toMatchObject({ text: '_waves_' })
  expect(read({ thread_ts: said.ts })).not.toHaveProperty('thread')
})

test('a program is identified by its bot id, otherwise by the name it gave itself', () => {
  const bot = { user: undefined, subtype: 'bot_message', username: 'deploy', icons: { emoji: ':tada:' } }
  expect(read({ ...bot, bot_id: 'B1' })).toMatchObject({
    author: 'B1',
    isBot: true,
    name: 'deploy',
    icon: '🎉',
  })
  expect(read(bot)).toMatchObject({ author: expect.stringMatching(/^bot:[0-9a-f]{24}$/) })
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'all of *it*' } }]
  expect(read({ ...bot, text: 'in short', blocks })).toMatchObject({ text: 'all of **it**' })
})

test('a file is its name and its link, without the token that opens it to anybody', () => {
  const files = [
    { title: 'a (1).pdf', url_private: 'https://files.slack.com/a.pdf?t=xoxe-1&x=2' },
    {
      name: 'b.png',
      permalink: 'https://team.slack.com/files/b',
      url_private: 'https://files.slack.com/b?t=x',
    },
    { name: 'c.txt', url_private: 'javascript:alert(1)' },
    { name: 'gone', mode: 'tombstone' },
  ]
  expect(read({ text: '', files })).toMatchObject({
    text: '',
    files: [
      { instead: '[a (1).pdf](https://files.slack.com/a.pdf?x=2)' },
      { instead: '[b.png](https://team.slack.com/files/b)' },
      { instead: 'c.txt' },
    ],
  })
})

describe('a shared message', () => {
  const names = {
    person: (id: string) => (id === 'U2' ? '王小明' : undefined),
    channel: (id: string) => (id === 'C2' ? 'random' : undefined),
  }
  const share = {
    is_share: true,
    author_id: 'U2',
    author_name: 'xiaoming',
    channel_id: 'C2',
    from_url: 'https://team.slack.com/archives/C2/p1577880001000200',
    ts: '1577880001.000200',
    text: 'the *plan*\n```a\nb```',
    fallback: '[January 1st] xiaoming: the plan',
  }
  const shown = (more: object) => {
    const message = readMessage({ ...said, ...more }, 'general/day.json, line 1', { names, bytesOf: noBytes })
    return 'text' in message ? drawn(message.text) : message
  }
  const link = `«#random, 2020-01-01 12:00 UTC to ${share.from_url}»`

  test('is quoted with its author and link, whether somebody says something to it or not', () => {
    const quoted = `«quote «strong 王小明» · ${link}\nthe «strong plan»\n«code a\nb»»`
    expect(shown({ text: '', attachments: [share] })).toBe(quoted)
    expect(shown({ text: 'look', attachments: [share] })).toBe(`look\n${quoted}`)
  })

  test('without words, an author or a room is still a quote with its link', () => {
    const { from_url, is_share } = share
    expect(shown({ text: '', attachments: [{ from_url, is_share }] })).toBe(
      `«quote «${from_url} to ${from_url}»»`,
    )
    const files = [{ name: 'plan.pdf', permalink: 'https://team.slack.com/files/F1' }]
    expect(shown({ text: '', attachments: [{ ...share, text: '', fallback: '', files }] })).toBe(
      `«quote «strong 王小明» · ${link}\n«plan.pdf to https://team.slack.com/files/F1»»`,
    )
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'in *blocks*' } }]
    expect(
      shown({ text: '', attachments: [{ ...share, text: '', message_blocks: [{ message: { blocks } }] }] }),
    ).toBe(`«quote «strong 王小明» · ${link}\nin «strong blocks»»`)
  })

  test('a preview is dropped only beside other words', () => {
    const preview = { from_url: 'https://x.example/a', title: 'A page', title_link: 'https://x.example/a' }
    expect(shown({ text: 'see <https://x.example/a>', attachments: [preview] })).toBe(
      'see «https://x.example/a to https://x.example/a»',
    )
    expect(shown({ text: '', attachments: [preview] })).toBe('«strong «A page to https://x.example/a»»')
    const unfurled = { ...share, is_share: undefined, is_msg_unfurl: true }
    expect(shown({ text: 'as said', attachments: [unfurled] })).toBe('as said')
    expect(shown({ text: '', attachments: [unfurled] })).toContain('the «strong plan»')
  })
})

test('a comment on a file is by whoever commented', () => {
  const comment = {
    user: undefined,
    subtype: 'file_comment',
    text: "<@U3> commented on <@U1>'s file <https://team.slack.com/files/F1|plan.pdf>: looks *good*",
    comment: { id: 'Fc1', user: 'U3', comment: 'looks *good*' },
    file: { name: 'plan.pdf', permalink: 'https://team.slack.com/files/F1' },
  }
  expect(read(comment)).toMatchObject({
    author: 'U3',
    text: 'looks **good**',
    files: [{ name: 'plan.pdf', instead: '[plan.pdf](https://team.slack.com/files/F1)' }],
  })
  expect(read({ ...comment, comment: { user: 'U3' } })).toMatchObject({
    author: 'U3',
    text: expect.stringContaining('commented on'),
  })
  expect(read({ ...comment, comment: undefined })).toEqual({ why: 'it has no author', expected: false })
})

test('reactions without an emoji here are left out, and two names of one emoji are one', () => {
  const reactions = [
    { name: 'thumbsup', users: ['U1', 'U2'] },
    { name: '+1', users: ['U2', 'U3'] },
    { name: 'party_parrot', users: ['U1'] },
    { name: 7 },
  ]
  expect(read({ reactions })).toMatchObject({ reactions: [{ emoji: '👍', people: ['U1', 'U2', 'U3'] }] })
})

test('no message, however malformed, ends the reading', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (raw) => {
      readMessage({ ...said, ...raw }, '', { names: {}, bytesOf: noBytes })
    }),
  )
})

const keys = [
  'text',
  'blocks',
  'attachments',
  'files',
  'reactions',
  'edited',
  'icons',
  'thread_ts',
  'username',
  'user',
]
