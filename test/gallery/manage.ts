// What administrators manage, and what whoever is banned sees: with much, with little, while it loads and after a failure.
import { h, type Component } from 'vue'
import type { AdminPerson } from '../../server/protocol/admin-people.ts'
import type { AuditEntry } from '../../server/protocol/audit.ts'
import type { Erasing } from '../../server/protocol/erasing.ts'
import type { Ban } from '../../server/protocol/moderation.ts'
import type { DeletedRoom } from '../../server/protocol/room-deletion.ts'
import AuditSection from '../../web/admin/audit/AuditSection.vue'
import BansSection from '../../web/admin/bans/BansSection.vue'
import DeleteMessagesDialog from '../../web/admin/erasing/DeleteMessagesDialog.vue'
import type { Erasings } from '../../web/admin/erasing/use-erasings.ts'
import PeopleSection from '../../web/admin/people/PeopleSection.vue'
import RoomsSection from '../../web/admin/rooms/RoomsSection.vue'
import BanDialog from '../../web/bans/BanDialog.vue'
import BannedPage from '../../web/bans/BannedPage.vue'
import { framed } from './admin-frame.ts'
import { listView } from './list-fixture.ts'
import { ann, at, lisi, long, mara, noor, wang, weather } from './people.ts'

const done = () => Promise.resolve(undefined)
const longReason =
  'Posted the same advertisement in eleven rooms within two minutes, was asked to stop, and did it again under another name: https://shop.example.com/a-very-long-address-without-any-break-in-it?campaign=everywhere-at-once'
const root = { id: ann.id, name: ann.name }
const ban = (more: Partial<Ban> = {}): Ban => ({
  id: '4',
  user: mara,
  address: null,
  reason: 'Too loud',
  by: root,
  at: at(9, 0),
  expiresAt: at(9, 0, -7),
  ...more,
})
const bans: Ban[] = [
  ban(),
  ban({ id: '3', user: null, address: '2001:db8:85a3:8d3:1319:8a2e:370:7348', reason: '', by: null }),
  ban({ id: '2', user: long, reason: longReason, expiresAt: null, by: long }),
  ban({ id: '1', user: weather, reason: 'عالٍ جدًا' }),
]

const person = (more: Partial<AdminPerson>): AdminPerson => ({
  id: '50',
  name: 'Ann',
  guest: false,
  bot: false,
  admin: false,
  createdAt: at(9, 0, 40),
  lastSeen: at(9, 50),
  sessions: 2,
  ban: null,
  ...more,
})
const people = [
  person({ ...root, admin: true, sessions: 1 }),
  person({ ...mara, ban: ban() }),
  person({ ...long, guest: true, ban: ban({ reason: longReason, expiresAt: null, by: long }) }),
  person({ ...lisi, guest: true, sessions: 0, lastSeen: null }),
  person({ ...weather, bot: true, sessions: 1 }),
  person({ ...noor, createdAt: at(10, 3) }),
]

const erasing = (of: { id: string; name: string }, messages: number): Erasing => ({
  id: of.id,
  person: of,
  since: 0,
  messages,
  by: root,
  at: at(9, 0),
  undoableUntil: at(9, 0, -1),
})
const deleted = [erasing(mara, 12), erasing(long, 10_412)]
const erasings: Erasings = {
  of: (id) => deleted.filter(({ person: { id: of } }) => of === id),
  made: () => undefined,
  restore: done,
  erase: done,
}

const entry = (seq: number, kind: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  seq,
  at: at(9, seq % 60),
  kind: kind as AuditEntry['kind'],
  by: root,
  address: '203.0.113.9',
  about: {},
  ...more,
})
const entries = [
  entry(40, 'banned', { about: { person: long, reason: longReason, until: at(9, 0, -7) } }),
  entry(39, 'banned', { by: null, address: null, about: { network: '2001:db8::/48' } }),
  entry(38, 'role', { about: { person: wang, room: { id: '7', name: 'garden' }, role: 'moderator' } }),
  entry(37, 'workspace_changed', { about: { changed: { name: 'Northwind Garden', guests: true } } }),
  entry(36, 'sign_in_failed', {
    by: null,
    about: { person: noor },
    address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  }),
  entry(35, 'hook_made', { about: { room: { id: '99' }, id: '3' }, by: long }),
  entry(34, 'of_tomorrow'),
]

type View = Parameters<typeof listView>[0]
const peopleState = (shown: AdminPerson[], more: View = {}, modelValue = '') =>
  framed(() =>
    h(PeopleSection, {
      list: listView(more),
      people: shown,
      readerId: ann.id,
      acts: {
        ban: () => Promise.resolve({ ban: ban(), erasing: null }),
        unban: done,
        signOut: done,
        rename: done,
        makeReset: () => Promise.resolve({ url: 'https://chat.northwind.example/reset#x', expiresAt: 0 }),
      },
      erasings,
      modelValue,
    }),
  )
const deletedRoom: DeletedRoom = {
  id: '7',
  name: 'garden',
  kind: 'public',
  people: 12,
  by: root,
  at: at(9, 0),
  restorableUntil: at(9, 0, -1),
}
const deletedRooms: DeletedRoom[] = [
  deletedRoom,
  {
    ...deletedRoom,
    id: '6',
    kind: 'private',
    name: `plans ${'for-the-move-'.repeat(4)}`,
    people: 1,
    by: long,
  },
]
const roomsState = (rooms: DeletedRoom[]) =>
  framed(() => h(RoomsSection, { list: listView(), rooms, restore: done }))
const bansState = (shown: Ban[], more: View = {}) =>
  framed(() => h(BansSection, { list: listView(more), bans: shown, ban: done, lift: done, erasings }))
const auditState = (shown: AuditEntry[], more: View = {}) =>
  framed(() => h(AuditSection, { list: listView(more), entries: shown, isFiltered: false }))
const bannedState = (reason: string, until: number | null) => () => () =>
  h(BannedPage, { ban: { reason, until }, check: done, signOut: done })

export const manageStates: Record<string, () => Component> = {
  'manage-people': peopleState(people, { next: '12' }),
  'manage-people-none': peopleState([], {}, 'nobody'),
  'manage-people-loading': peopleState([], { status: 'loading' }),
  'manage-people-failed': peopleState([], { status: 'failed', refusal: { code: 'unavailable' } }),
  'manage-bans': bansState(bans),
  'manage-bans-none': bansState([]),
  'manage-deleted-rooms': roomsState(deletedRooms),
  'manage-deleted-rooms-none': roomsState([]),
  'manage-delete-messages': framed(() => h(DeleteMessagesDialog, { open: true, person: long, erase: done })),
  'manage-ban-person': framed(() => h(BanDialog, { open: true, person: long, ban: done })),
  'manage-ban-address': framed(() => h(BanDialog, { open: true, ban: done })),
  'manage-audit': auditState(entries, { next: '34', refusal: { code: 'unreachable' } }),
  'manage-audit-none': auditState([]),
  'manage-banned': bannedState('Too loud', at(12, 0, -2)),
  'manage-banned-long': bannedState(longReason, null),
  'manage-banned-bare': bannedState('', null),
}
