// Every state of the interface by name. test/story/screens.mjs takes a screenshot of each and checks it with axe.
import { h, nextTick, reactive, ref, type Component } from 'vue'
import EntryScreen from '../../web/account/EntryScreen.vue'
import PasswordDialog from '../../web/account/PasswordDialog.vue'
import SessionsDialog from '../../web/account/SessionsDialog.vue'
import SignOutDialog from '../../web/account/SignOutDialog.vue'
import Unreachable from '../../web/account/Unreachable.vue'
import { ways, type Way } from '../../web/account/way.ts'
import HooksDialog from '../../web/hooks/HooksDialog.vue'
import DateDialog from '../../web/moment/DateDialog.vue'
import ExportDialog from '../../web/moment/ExportDialog.vue'
import LeaveDialog from '../../web/room/dialogs/LeaveDialog.vue'
import LineDialog from '../../web/room/dialogs/LineDialog.vue'
import HelpDialog from '../../web/rooms/HelpDialog.vue'
import NewRoomDialog from '../../web/rooms/NewRoomDialog.vue'
import { tellDone, tellRefused } from '../../web/ui/notify.ts'
import type { Refusal } from '../../web/wire/refusal.ts'
import { count } from '../../web/words/figures.ts'
import { t } from '../../web/words/words.ts'
import { accessStates } from './access.ts'
import { archives } from './archives.ts'
import { backups } from './backups.ts'
import { directoryStates } from './directory.ts'
import { commands, noted } from './commands.ts'
import { grids, papers, pictures, sounds } from './files.ts'
import { fewHooks, hooksApi, openedHook, signedHook } from './hooks.ts'
import InShell from './InShell.vue'
import LongRoom from './LongRoom.vue'
import { manageStates } from './manage.ts'
import { mentions } from './mentions.ts'
import { loadDays, months } from './moments.ts'
import { order } from './order.ts'
import { ann, annAsGuest, at, founders, garden, lisi, manyRooms, mara, thousand } from './people.ts'
import { roomFace } from './room-fixture.ts'
import { savedStates } from './saved.ts'
import { searches } from './searches.ts'
import { switchers } from './switcher.ts'
import { changed, failed, hard, justBegan, shortTalk, waiting, written } from './talk.ts'
import { threadStates } from './threads.ts'

const entry = (way: Way, refusal?: Refusal, more: { startName?: string; busy?: boolean } = {}): Component => {
  const at = ref(way)
  return () =>
    h(EntryScreen, {
      door: { ways },
      way: at.value,
      'onUpdate:way': (next: Way) => (at.value = next),
      busy: more.busy ?? false,
      enter: done,
      refusal,
      startName: more.startName ?? '',
    })
}
type ShellProps = InstanceType<typeof InShell>['$props']
const inShell =
  (props: ShellProps = {}, over?: () => ReturnType<typeof h>): Component =>
  () => [h(InShell, props), over?.()]
const room = (more: Parameters<typeof roomFace>[0] = {}, props: ShellProps = {}) =>
  inShell({ face: reactive(roomFace(more)), ...props })
const done = () => Promise.resolve(undefined)
const dialog = (of: Component, props: object) =>
  inShell({ face: roomFace() }, () => h(of, { open: true, ...props }))
const tell = (show: () => unknown) => {
  void nextTick(show)
  return room()
}

export const states: Record<string, () => Component> = {
  keys: () => dialog(HelpDialog, {}),
  'moment-date': () =>
    dialog(DateDialog, { room: '#garden', months, now: new Date(2026, 10, 19).getTime(), load: loadDays }),
  'moment-date-failed': () =>
    dialog(DateDialog, {
      room: '#garden',
      months: [],
      now: new Date(2026, 10, 19).getTime(),
      load: () => Promise.resolve({ code: 'history_unavailable', retryAfterMs: 3_000 }),
    }),
  'moment-export': () => dialog(ExportDialog, { id: '7', room: '#garden', head: 48_131 }),
  'moment-rail': () => room({}, { months }),
  'moment-gone': () => room({}, { placeWords: t('moment.goneMessage', { seq: count(48_120) }) }),
  'entry-guest': () => entry('guest'),
  'entry-guest-taken': () => entry('guest', { code: 'name_taken' }, { startName: 'Ann' }),
  'entry-guest-near': () => entry('guest', undefined, { startName: 'Maximiliane-Alexandra von Lan' }),
  'entry-guest-long': () => entry('guest', undefined, { startName: 'Maximiliane-Alexandra von Langenfeld' }),
  'entry-guest-paced': () =>
    entry('guest', { code: 'too_many', retryAfterMs: 230_000 }, { startName: 'Ann' }),
  'entry-guest-busy': () => entry('guest', undefined, { startName: 'Ann', busy: true }),
  'entry-sign-in-wrong': () => entry('signIn', { code: 'wrong_password' }, { startName: 'Ann' }),
  'entry-sign-in-unreachable': () => entry('signIn', { code: 'unreachable' }, { startName: 'Ann' }),
  'entry-sign-up': () => entry('signUp'),
  unreachable: () => () => h(Unreachable, { retry: done }),
  'home-list': () => inShell(),
  'home-many': () => inShell({ rooms: manyRooms }),
  'home-none': () => inShell({ rooms: [], user: annAsGuest }),
  'home-loading': () => inShell({ rooms: [], status: 'loading' }),
  'home-failed': () => inShell({ rooms: [], status: 'failed', link: 'offline' }),
  'room-busy': () => room({ typing: [lisi] }),
  'room-long': () => LongRoom,
  'room-hard': () => room({ rows: hard, typing: [lisi, mara] }, { rooms: manyRooms }),
  'room-written': () => room({ rows: written }),
  'room-pictures': () => room({ rows: pictures }),
  'room-pictures-many': () => room({ rows: grids }),
  'room-papers': () => room({ rows: papers }),
  'room-sounds': () => room({ rows: sounds }),
  'room-began': () => room({ rows: shortTalk, hasBefore: false }),
  'room-empty': () =>
    room({ rows: justBegan, hasBefore: false, completeUpTo: 1, room: { ...garden, topic: '' } }),
  'room-loading': () => room({ status: 'loading', rows: [], members: [], membersStatus: 'loading' }),
  'room-failed': () => room({ status: 'failed', rows: [] }),
  'room-missing': () => room({ status: 'missing', room: undefined, rows: [] }),
  'room-older-failed': () =>
    room({ rows: shortTalk.slice(1), beforeFailed: { code: 'history_unavailable' } }),
  'room-older-loading': () => room({ rows: shortTalk.slice(1), loadingBefore: true }),
  'room-message-failed': () => room({ rows: failed }),
  'room-unread-above': () => room({ skipped: 214, hasAfter: false }),
  'room-gap': () => room({ rows: [...shortTalk, { kind: 'gap', key: 'gap' }, ...waiting.slice(-2)] }),
  'room-offline': () => room({ rows: waiting }, { link: 'offline', waiting: 3 }),
  'room-connecting': () => room({}, { link: 'connecting' }),
  'room-offline-unkept': () => room({ rows: waiting }, { link: 'offline', waiting: 3, unkept: true }),
  'room-behind': () => room({ rows: waiting }, { link: 'behind', waiting: 3 }),
  'room-private': () => room({ room: founders, members: thousand.slice(0, 6) }, { user: annAsGuest }),
  'room-thousand': () => room({ members: thousand, memberTotal: 2400 }, { rooms: manyRooms }),
  'room-outside': () => room({ room: { ...garden, joined: false, role: null } }),
  'room-draft': () =>
    room(
      {},
      {
        draft:
          'A first line\nand a second one\nand a third that is rather longer, so that it wraps somewhere around here, at least on a phone',
      },
    ),
  'room-commands': () => room({}, { draft: '/', commands }),
  'room-commands-one': () => room({}, { draft: '/ro', commands }),
  'room-commands-none': () => room({}, { draft: '/nonsense', commands }),
  'room-commands-failed': () => room({}, { draft: '/', commands: { code: 'unreachable' } }),
  'room-names': () => room({}, { draft: 'Thanks, @' }),
  'room-names-many': () => room({ members: thousand, memberTotal: 2400 }, { draft: '谢谢@' }),
  'room-names-failed': () => room({ membersStatus: 'failed', members: [] }, { draft: '@a' }),
  'room-emoji': () => room({}, { draft: 'Well done :smi' }),
  'room-emoji-chinese': () => room({}, { draft: '太好了 :笑' }),
  'room-notes': () => room({ rows: noted, newest: 48_131 }),
  'room-changed': () => room({ rows: changed }),
  'room-draft-near': () => room({}, { draft: 'word '.repeat(3240) }),
  'room-draft-over': () => room({}, { draft: 'word '.repeat(3300) }),
  'room-toast': () => tell(() => tellRefused(t('refusal.not_allowed'))),
  'room-copied': () => tell(() => tellDone(t('room.copied'))),
  ...archives,
  ...backups,
  ...accessStates,
  ...manageStates,
  ...directoryStates,
  ...searches,
  ...order,
  ...switchers,
  ...mentions,
  ...savedStates,
  ...threadStates,
  'dialog-new-room': () => dialog(NewRoomDialog, { create: done }),
  'dialog-password': () => dialog(PasswordDialog, { name: ann.name, guest: true, save: done }),
  'dialog-password-change': () => dialog(PasswordDialog, { name: ann.name, guest: false, save: done }),
  'dialog-sign-out': () => dialog(SignOutDialog, { name: ann.name, setPassword: done, signOut: done }),
  'dialog-leave': () => dialog(LeaveDialog, { room: founders, leave: done }),
  'dialog-topic': () =>
    dialog(LineDialog, {
      title: t('room.topicTitle', { room: '#garden' }),
      text: t('room.topicText'),
      label: t('rooms.topic'),
      action: t('room.topicSave'),
      start: garden.topic,
      save: done,
    }),
  'dialog-sessions': () =>
    dialog(SessionsDialog, {
      name: () => Promise.resolve(undefined),
      end: done,
      list: () =>
        Promise.resolve([
          {
            id: '1',
            current: true,
            createdAt: at(8, 0, 9),
            usedAt: at(10, 0),
            agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537',
            name: null,
          },
          {
            id: '2',
            current: false,
            createdAt: at(8, 0, 9),
            usedAt: at(9, 0, 2),
            agent: 'Mozilla/5.0 (iPhone) Version/19 Mobile Safari/604',
            name: 'Blue phone',
          },
          { id: '3', current: false, createdAt: at(8, 0, 9), usedAt: at(9, 0, 20), agent: '', name: null },
        ]),
    }),
  hooks: () => dialog(HooksDialog, { room: '#garden', api: hooksApi() }),
  'hooks-none': () =>
    dialog(HooksDialog, { room: '#garden', api: hooksApi({ incoming: [], outgoing: [], head: 12 }) }),
  'hooks-once': () =>
    dialog(HooksDialog, {
      room: '#garden',
      api: hooksApi(fewHooks),
      opened: openedHook,
      signed: signedHook,
    }),
  'hooks-failed': () =>
    dialog(HooksDialog, {
      room: '#garden',
      api: { ...hooksApi(), list: () => Promise.resolve({ code: 'unreachable' }) },
    }),
  'hooks-loading': () =>
    dialog(HooksDialog, {
      room: '#garden',
      api: { ...hooksApi(), list: () => new Promise(() => undefined) },
    }),
}
