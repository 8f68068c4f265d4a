// Moderation in the gallery: roles, a room's settings, earlier versions of a message.
import { h, ref, type Component } from 'vue'
import type { Revision, RevisionsAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import type { Person } from '../../server/protocol/people.ts'
import HistoryDialog from '../../web/conversation/message/dialogs/HistoryDialog.vue'
import PersonDialog from '../../web/people/PersonDialog.vue'
import SettingsDialog from '../../web/room/dialogs/SettingsDialog.vue'
import type { PersonAction } from '../../web/people/person-actions.ts'
import type { Refusal } from '../../web/wire/refusal.ts'
import InShell from './InShell.vue'
import { ann, at, founders, garden, lisi, long, members, noor } from './people.ts'
import { roomFace, type RoomFixture } from './room-fixture.ts'
import { changed } from './talk.ts'

const owned = { ...garden, role: 'owner' as const, isDefault: false }
const over = (face: ReturnType<typeof roomFace>, dialog?: () => ReturnType<typeof h>): Component => {
  return () => [h(InShell, { face }), dialog?.()]
}

const text = (seq: number, when: number, words: string, user: Person = ann): Revision => ({
  seq,
  at: when,
  text: words,
  user: { id: user.id, name: user.name },
})
const some: RevisionsAnswer = {
  more: false,
  revisions: [
    text(48_101, at(9, 51), 'Fryday it is, and the numbers are in the notes.'),
    text(48_107, at(9, 53), 'Friday it is, and the numbers are in the notes.'),
    text(
      48_110,
      at(9, 55),
      'Friday at noon it is; the numbers are in the notes, with yesterday’s beside them.',
    ),
  ],
}
const chinese: RevisionsAnswer = {
  more: true,
  revisions: [
    text(48_101, at(9, 51), '明天下午三点在二楼开会，请带上归档的数字。', lisi),
    text(48_107, at(9, 53), '明天下午四点在三楼开会，请带上归档的数字和图。', lisi),
    text(48_110, at(9, 55), `明天下午四点在三楼开会。\n${'请带上归档的数字和图。'.repeat(30)}`, lisi),
  ],
}

const history = (load: () => Promise<RevisionsAnswer | Refusal>) =>
  over(roomFace(), () => h(HistoryDialog, { open: true, seq: 48_101, load }))
const refused = (code: Refusal['code']) => history(() => Promise.resolve({ code }))

function person(action: PersonAction, who = 2, room = owned): Component {
  const member = members[who]
  const asked = ref(member && { person: member, action })
  return over(roomFace({ room }), () =>
    h(PersonDialog, {
      modelValue: asked.value,
      room,
      ownId: ann.id,
      carryOut: () => Promise.resolve(),
      ban: () => Promise.resolve(undefined),
      'onUpdate:modelValue': () => undefined,
    }),
  )
}

const pinned = (count: number, mayPin = true): Component => {
  const pins = changed
    .flatMap((row) =>
      row.kind === 'line' && row.line.kind === 'message' && row.line.text !== '' ? [row.line] : [],
    )
    .slice(0, count)
    .map(({ seq = 1, cid, user, at: when, text: words }, n): SpokenMessage => ({
      kind: 'message',
      seq,
      updatedSeq: seq,
      cid,
      user,
      at: when,
      text: words,
      replyTo: null,
      editedAt: null,
      deletedAt: null,
      reactions: [],
      pinnedAt: at(10, 2 - n),
      pinnedBy: n === 1 ? { id: ann.id, name: ann.name } : lisi,
    }))
  return over(roomFace({ room: { ...owned, role: mayPin ? 'owner' : 'member' }, rows: withPins, pins }))
}
const withPins = changed.map((row, n) =>
  row.kind === 'line' && row.line.kind === 'message' && n % 4 === 0
    ? { ...row, line: { ...row.line, pinnedBy: lisi } }
    : row,
)
const drawer = (more: Partial<RoomFixture>, mayPin = true) =>
  over(roomFace({ room: { ...owned, role: mayPin ? 'owner' : 'member' }, ...more }))

export const order: Record<string, () => Component> = {
  'people-roles': () =>
    over(
      roomFace({
        room: owned,
        members: [
          ...members,
          { ...noor, role: 'moderator', here: true },
          { ...long, role: 'moderator', here: true },
        ],
        memberTotal: 7,
      }),
    ),
  'people-owner': () => person('owner'),
  'people-remove': () => person('remove'),
  'people-remove-private': () => person('remove', 3, { ...founders, isDefault: false, role: 'owner' }),
  'people-step-down': () => person('member', 0),
  'room-settings': () =>
    over(roomFace({ room: owned }), () =>
      h(SettingsDialog, {
        open: true,
        room: { ...owned, revisions: 'moderators' as const },
        save: () => Promise.resolve(undefined),
        archive: () => undefined,
        remove: () => undefined,
      }),
    ),
  'people-ban': () => person('ban'),
  'room-archived': () => roomFace({ room: { ...owned, archived: true } }),
  'room-moderators-only': () =>
    roomFace({ room: { ...owned, role: 'member', speak: 'moderators' as const } }),
  'room-slow': () => roomFace({ room: { ...owned, role: 'member', slowMs: 300_000 } }),
  'room-pinned': () => pinned(3),
  'pins-some': () => pinned(7),
  'pins-member': () => pinned(2, false),
  'pins-none': () => drawer({ pins: [] }),
  'pins-none-member': () => drawer({ pins: [] }, false),
  'pins-loading': () => drawer({ pins: [], pinsStatus: 'loading' }),
  'pins-failed': () => drawer({ pins: [], pinsStatus: 'failed' }),
  revisions: () => history(() => Promise.resolve(some)),
  'revisions-long': () => history(() => Promise.resolve(chinese)),
  'revisions-loading': () => history(() => new Promise(() => undefined)),
  'revisions-hidden': () => refused('no_such_message'),
  'revisions-failed': () => refused('history_unavailable'),
  'revisions-deleted': () => refused('message_deleted'),
}
