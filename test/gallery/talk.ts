// The messages of the gallery: a typical morning, and everything that is hard to draw.
import type { Person } from '../../server/protocol/people.ts'
import { toRows } from '../../web/conversation/lines/rows.ts'
import type { Line, MessageLine, Row } from '../../web/conversation/lines/line.ts'
import { line } from './messages.ts'
import { ann, at, deploys, lisi, long, mara, noor, wang, weather } from './people.ts'

let seq = 48_100

const says = (user: Person, when: number, text: string, more: Partial<MessageLine> = {}): MessageLine => {
  seq += 1
  return line(seq, user, text, when, more)
}
const notice = (user: Person, when: number, what: Extract<Line, { kind: 'notice' }>['notice']): Line => {
  seq += 1
  return {
    kind: 'notice',
    key: `n${seq}`,
    seq,
    user: { id: user.id, name: user.name },
    at: when,
    own: user.id === ann.id,
    notice: what,
  }
}
const dayOf = (when: number) => new Date(when).toDateString()
const rows = (lines: Line[], firstUnread?: number, began = false): Row[] =>
  toRows(lines, { firstUnread, began, dayOf })

const backup = says(wang, at(9, 12), '早上好！昨晚的备份跑完了，一条都没丢 🎉')
const morning: Line[] = [
  says(mara, at(16, 48, 1), 'Second node is up again. I will watch it until six and then call it a day.'),
  says(
    ann,
    at(16, 49, 1),
    'Thank you. The dashboard is at https://status.example.org/nodes/2 (needs the VPN).',
  ),
  says(ann, at(16, 50, 1), 'Numbers later.'),
  backup,
  says(wang, at(9, 13), '归档延迟稳定在 0.9 s。'),
  notice(mara, at(9, 30), { kind: 'joined' }),
  says(
    mara,
    at(9, 31),
    'Lovely. Ann, could you write down how you restarted the second node? I would like it in the notes before Friday, with the numbers we saw.',
    { replyTo: backup.seq ?? null },
  ),
]
const firstUnread = seq + 1
const after: Line[] = [
  says(weather, at(9, 40), 'Frost tonight: -3 °C at six in the morning.'),
  says(deploys, at(9, 41), 'brook 0.2 is on its way to node 2'),
  says(lisi, at(9, 58), '可以贴一下命令吗？'),
  says(ann, at(10, 2), 'Yes, on it. Short version: nobody noticed.'),
  says(ann, at(10, 2), 'I will add the ledger too.', { standing: 'archived' }),
  says(ann, at(10, 3), 'Here it comes', { standing: 'logged' }),
]
const sending = says(ann, at(10, 4), 'seq 48,120 → 48,131, all there', {
  standing: 'sending',
  seq: undefined,
})

export const sampleRows: Row[] = rows([...morning, ...after, sending], firstUnread)
export const shortTalk: Row[] = rows(
  [
    notice(ann, at(9, 0), { kind: 'created' }),
    notice(mara, at(9, 2), { kind: 'joined' }),
    ...morning.slice(3, 5),
  ],
  undefined,
  true,
)
export const justBegan: Row[] = rows([notice(ann, at(10, 0), { kind: 'created' })], undefined, true)

export const failed: Row[] = rows([
  ...morning,
  says(ann, at(10, 2), 'This one did not get through.', {
    standing: 'failed',
    seq: undefined,
    refusal: { code: 'bad_reply' },
  }),
  says(ann, at(10, 3), 'Nor this one.', {
    standing: 'failed',
    seq: undefined,
    refusal: { code: 'too_many', retryAfterMs: 240_000 },
  }),
])
export const waiting: Row[] = rows([
  ...morning,
  ...after.slice(0, 1),
  ...['Writing this on the train.', 'It waits until the tunnel ends', '再写一条'].map((text, n) =>
    says(ann, at(10, 2 + n), text, { standing: 'sending', seq: undefined }),
  ),
])

const log = Array.from(
  { length: 40 },
  (_, n) => `  ${String(n + 1).padStart(2)}  ok   shard ${n % 4}   lag ${(n * 7) % 11} ms`,
).join('\n')
export const hard: Row[] = rows([
  says(
    long,
    at(8, 0),
    'A name as long as names may be, and a word: ' + 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(4),
  ),
  says(noor, at(8, 5), 'صباح الخير، هل وصل التقرير؟ انظر https://example.org/تقرير من فضلك.'),
  says(noor, at(8, 6), 'שלום Ann, the build is green ✅'),
  says(lisi, at(8, 7), '👋🏽'),
  says(lisi, at(8, 8), '🎉🎉 👩‍👩‍👧'),
  says(
    wang,
    at(8, 9),
    '中文和 English 混排，１２３，https://example.org/路径。后面还有字，以及很长很长的一句话，看看它在六十八个字符处怎样换行，标点会不会跑到行首去。',
  ),
  says(mara, at(8, 20), 'function add(a, b) {\n    // spaces stay\n\treturn a + b\n}'),
  says(
    mara,
    at(8, 21),
    'A link with brackets (https://en.example.org/wiki/River_(geography)), and not a link: javascript:alert(1)',
  ),
  notice(mara, at(8, 22), { kind: 'topic', topic: 'What grows, what broke, what we learned' }),
  notice(ann, at(8, 23), { kind: 'added', person: noor }),
  notice(long, at(8, 24), { kind: 'left' }),
  says(ann, at(8, 30), 'Answering something far above', { replyTo: 12_004 }),
  says(wang, at(8, 40), `The whole log:\n${log}`),
])

const people = (n: number) =>
  Array.from({ length: n }, (_, at) => ({ id: String(500 + at), name: `Person ${at + 1}`, seq: at + 1 }))
const me = { id: ann.id, name: ann.name, seq: 99 }
const kinds = [...'😀😃😄😁😆😅🤣😂🙂🙃😉😊😇🥰😍🤩😘😗😚😙🥲😋😛😜🤪😝🤑🤗🤭🤫']
const question = says(
  mara,
  at(9, 50),
  'Shall we move the release to Thursday? Wei needs a day for the archive.',
  {
    reactions: [
      { emoji: '👍', users: [...people(3), me] },
      { emoji: '🎉', users: people(1) },
      { emoji: '👀', users: people(128) },
    ],
  },
)
export const changed: Row[] = rows([
  ...morning,
  question,
  says(ann, at(9, 51), 'Thursday it is, and the numbers are in the notes.', { editedAt: at(9, 55) }),
  says(ann, at(9, 52), 'This is being saved', { editedAt: at(9, 55), changing: true }),
  says(wang, at(9, 53), '', { deletedAt: at(9, 54) }),
  says(lisi, at(9, 54), '那我周四再来看一遍。', { replyTo: seq, reactions: [{ emoji: '❤️', users: [me] }] }),
  says(ann, at(9, 56), 'Words that could not be changed any more', {
    failedEdit: { cid: 'e1', refusal: { code: 'message_deleted' } },
  }),
  says(mara, at(9, 57), 'Everybody has a feeling about this one.', {
    reactions: kinds.map((emoji, n) => ({ emoji, users: n % 4 ? people(n + 1) : [...people(n), me] })),
  }),
])

export const written: Row[] = rows([
  says(
    mara,
    at(9, 0),
    '**Plan for Friday**, in *three* steps, ~~or four~~, see `npm start`:\n\n1. Read https://example.org/notes/2026.\n2. Restart node 2\n   - drain first\n   - then `brook sync`\n3. Write it down\n\n> It survives any crash.\n> 一条都不会丢。\n\nThe culprit was ||the old cable||.',
  ),
  says(
    wang,
    at(9, 5),
    '**重点：**后面的字不用空格。链接 https://example.org/路径。看 [说明](https://example.org)，不要点 [bank.example](https://evil.example)。',
  ),
  says(
    mara,
    at(9, 8),
    '# Numbers\n| room | messages | lag |\n|:--|--:|:-:|\n| garden | 48,120 | 0.9 s |\n| workshop with quite a long name | 1,204,800 | 1.1 s |\n| 花园 | 12 | 0 |',
  ),
  says(
    lisi,
    at(9, 12),
    "```ts\n// Every number from 1 on is there.\nexport async function page(room: string, limit = 50): Promise<Message[]> {\n  const rows = await db.all('SELECT * FROM messages WHERE room_id = ? ORDER BY seq', [room])\n  return rows.length > limit ? rows.slice(-limit) : rows\n}\n```\nand a short one:\n```\ncurl -s localhost:3000/healthz\n```",
  ),
  says(ann, at(9, 20), '- [x] bread, and **two** lemons\n- [ ] 买茶\n- a\n\n---\n\nafter the line', {
    standing: 'archived',
  }),
])

/** A long room, page by page: for trying endless scrolling. */
export const page = (from: number, to: number): Line[] =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const n = from + index
    const who = [ann, mara, wang, lisi][Math.floor(n / 3) % 4] ?? mara
    const text = `${n}: ${'water under the bridge '.repeat((n * 7) % 23)}${n % 9 === 0 ? '\nand a second line' : ''}`
    return { ...says(who, at(0, 0) + n * 45_000 - 86_400_000 * 3, text), key: `p${n}`, cid: `p${n}`, seq: n }
  })
export { rows }
