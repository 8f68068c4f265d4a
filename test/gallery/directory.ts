// States of the directory of public rooms, and of what is written with the composer's tools.
import { h, type Component } from 'vue'
import FormatHelp from '../../web/conversation/composer/format/FormatHelp.vue'
import DirectoryScreen from '../../web/directory/DirectoryScreen.vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { Row } from '../../web/conversation/lines/line.ts'
import ShellScreen from '../../web/rooms/ShellScreen.vue'
import InShell from './InShell.vue'
import { listView } from './list-fixture.ts'
import { ann, at, joined, lisi, long, manyRooms, mara, noor } from './people.ts'
import { roomFace } from './room-fixture.ts'
import { shortTalk } from './talk.ts'

const topics = ['What grows, what broke, what we learned', '产品、路线图、每周讨论', '', 'أخبار الفريق']
const rooms = manyRooms.slice(0, 14).map(({ id, name, lastAt }, n) => ({
  id,
  name,
  topic: topics[n % 4] ?? '',
  joined: n % 3 === 0,
  people: 1 + ((n * 37) % 240),
  lastAt,
}))

const screen =
  (shown: typeof rooms, more: Parameters<typeof listView>[0] = {}, query = '') =>
  (): Component =>
  () =>
    h(ShellScreen, { user: ann, link: 'live', status: 'ready', joined, here: undefined, view: 'room' }, () =>
      h(DirectoryScreen, { list: listView(more), rooms: shown, modelValue: query }),
    )

function pollRow(seq: number, more: Partial<SpokenMessage>): Row {
  const votes = [
    { voter: mara.id, name: mara.name, choices: [0] },
    { voter: lisi.id, name: lisi.name, choices: [0] },
    { voter: ann.id, name: ann.name, choices: [1] },
  ]
  const line = {
    kind: 'poll' as const,
    key: `p${seq}`,
    seq,
    own: false,
    cid: `p${seq}`,
    user: mara,
    at: at(9, seq),
    text: 'Saturday or Sunday?\nSaturday\nSunday\nNeither',
    poll: { options: ['Saturday', 'Sunday', 'Neither'] },
    votes,
    replyTo: null,
    reactions: [],
    deletedAt: null,
    editedAt: null,
    standing: undefined,
    changing: false,
    ...more,
  }
  return { kind: 'line', key: line.key, line, head: true } as unknown as Row
}
const polls = [
  ...shortTalk.slice(0, 2),
  pollRow(1, {}),
  pollRow(2, { poll: { options: ['Saturday', 'Sunday', 'Neither'], multiple: true } }),
  pollRow(3, { closedAt: at(9, 30) }),
]

const arabic = [
  'صباح الخير! هل رأى أحد الأرقام الجديدة؟',
  'نعم، **الأرقام ممتازة** — انظر https://status.example.org/nodes/2 قبل الاجتماع.',
  '- أولا: النسخ الاحتياطي\n- ثانيا: التحديث\n- ثالثا: القهوة',
  '> هل نلتقي في العاشرة؟\nالعاشرة مناسبة، شكرا @Ann',
  'الأمر هو `npm ci` ثم أعد التشغيل. v2.1 جاهز (100%).',
].map((text, n): Row => {
  const user = [noor, long, noor, ann, noor][n] ?? noor
  return {
    kind: 'line',
    key: `a${n}`,
    head: true,
    line: {
      kind: 'message',
      key: `a${n}`,
      seq: 10 + n,
      own: user === ann,
      cid: `a${n}`,
      user,
      at: at(9, 10 + n),
      text,
      replyTo: null,
      reactions: [],
      deletedAt: null,
      editedAt: null,
      standing: undefined,
      changing: false,
    },
  } as unknown as Row
})

const inRoom = (rows: Row[], over?: () => ReturnType<typeof h>) => (): Component => () => [
  h(InShell, { face: roomFace({ rows }) }),
  over?.(),
]

export const directoryStates: Record<string, () => Component> = {
  directory: screen(rooms, { next: 'more' }),
  'directory-none': screen([], {}, 'nothing like it'),
  'room-arabic': inRoom(arabic),
  'poll-rows': inRoom(polls),
  'format-help': inRoom(shortTalk, () => h(FormatHelp, { open: true })),
}
