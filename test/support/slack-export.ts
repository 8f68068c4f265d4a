// A Slack export as a zip file, built by a test: each file's content is text, so that it can be broken as well.
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** Names of files within the archive, with their bytes, their text, or a value to be written as JSON. */
export type ExportFiles = Record<string, unknown>

/**
 * Writes the export into a folder, under a unique name, and returns its path. Names are UTF-8, and the archive says so (the
 * writer sets bit 11).
 */
export async function writeExport(files: ExportFiles, folder: string): Promise<string> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 4)
    zip.addBuffer(Buffer.isBuffer(content) ? content : Buffer.from(text), name)
  }
  zip.end()
  const target = path.join(folder, `${randomUUID()}.zip`)
  await pipeline(zip.outputStream, createWriteStream(target))
  return target
}

export const users = [
  { id: 'U1', team_id: 'T1', name: 'ann', profile: { display_name: 'Ann', real_name: 'Ann Lee' } },
  { id: 'U2', team_id: 'T1', name: 'xiaoming', profile: { display_name: '', real_name: '王小明' } },
  { id: 'U3', team_id: 'T1', name: 'gone', deleted: true, real_name: 'Cleo', profile: {} },
  // Slack does not say of its own bot that it is one.
  { id: 'USLACKBOT', team_id: 'T1', name: 'slackbot', is_bot: false, profile: { real_name: 'Slackbot' } },
]

export const channels = [
  {
    id: 'C1',
    name: 'general',
    created: 1_500_000_000,
    creator: 'U1',
    members: ['U1', 'U2'],
    topic: { value: 'What concerns all' },
    purpose: { value: '' },
  },
  { id: 'C2', name: 'random', created: 1_500_000_100, creator: 'U2', members: ['U2', 'U3'] },
]

export const groups = [
  { id: 'G1', name: 'secret', created: 1_500_000_200, creator: 'U2', members: ['U2', 'U3'] },
]

const message = (user: string, ts: string, text: string, more: object = {}) => ({
  type: 'message',
  user,
  ts,
  text,
  ...more,
})

/** Threads, edits, reactions, emoji, Chinese, bots, files, joins, and broken lines. */
export const sample: ExportFiles = {
  'users.json': users,
  'channels.json': channels,
  'groups.json': groups,
  'dms.json': [
    { id: 'D1', created: 1_500_000_300, members: ['U1', 'U2'] },
    { id: 'D2', created: 1_500_000_300, members: ['U1', 'U3'] },
    { id: 'D3', created: 1_500_000_300, members: ['U1', 'USLACKBOT'] },
  ],
  'D1/2020-01-01.json': [
    message('U1', '1577880000.000100', 'between us', { thread_ts: '1577880000.000100', reply_count: 1 }),
    message('U2', '1577880000.000200', 'just us', {
      thread_ts: '1577880000.000100',
      reactions: [{ name: 'tada', users: ['U1'] }],
    }),
  ],
  'D3/2020-01-01.json': [message('USLACKBOT', '1577880000.000300', 'I am a bot')],
  'mpims.json': [
    { id: 'G9', name: 'mpdm-ann--xiaoming--gone-1', creator: 'U2', members: ['U1', 'U2', 'U3'] },
  ],
  'mpdm-ann--xiaoming--gone-1/2020-01-02.json': [message('U3', '1577966400.000100', 'the three of us')],
  'general/2020-01-01.json': [
    message('U1', '1577880001.000000', '<@U1> has joined the channel', { subtype: 'channel_join' }),
    message(
      'U1',
      '1577880002.000100',
      'Hello *everybody*, see <https://example.org|the page> &amp; <#C2|random>',
      {
        thread_ts: '1577880002.000100',
        reply_count: 2,
        reactions: [
          { name: 'tada', users: ['U2', 'U3'], count: 2 },
          { name: '+1::skin-tone-3', users: ['U1'], count: 1 },
          { name: 'party_parrot', users: ['U1'], count: 1 },
        ],
      },
    ),
    // Out of order: an export does not promise any.
    message('U3', '1577880004.000000', 'third :rocket:'),
    message('U2', '1577880003.000000', '<@U1> 你好，世界 😀', {
      thread_ts: '1577880002.000100',
      parent_user_id: 'U1',
      edited: { user: 'U2', ts: '1577880009.000000' },
    }),
  ],
  'general/2020-01-02.json': JSON.stringify(
    [
      message('U1', '1577966400.000000', 'this line will be broken'),
      message('U2', '1577966401.000000', '', {
        files: [
          {
            name: '报告.pdf',
            title: '报告 (final).pdf',
            mode: 'hosted',
            url_private: 'https://files.slack.com/T1/F1/report.pdf?t=xoxe-secret',
          },
        ],
      }),
      { type: 'message', user: 'U1', text: 'no time' },
      {
        type: 'message',
        subtype: 'bot_message',
        bot_id: 'B1',
        ts: '1577966402.000000',
        username: 'deploy',
        icons: { emoji: ':rocket:' },
        text: 'shipped',
      },
      message('U3', '1577966403.000000', 'an answer days later', { thread_ts: '1577880002.000100' }),
    ],
    null,
    4,
  ).replace('this line will be broken"', 'this line is broken'),
  'random/2020-01-01.json': [message('U2', '1577880005.000000', 'random words')],
  'secret/2020-01-01.json': [message('U2', '1577880006.000000', 'a secret')],
}
