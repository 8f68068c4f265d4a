// The people and rooms of the gallery: the names of the visual reference, and the hard cases.
import type { Member, Person, Role, RoomSummary, User } from '../../server/protocol/people.ts'

export const ann: User = { id: '14', name: 'Ann', guest: false, admin: false }
export const annAsGuest: User = { ...ann, guest: true }
export const wang = { id: '12', name: '老王' }
export const mara = { id: '21', name: 'Mara' }
export const lisi = { id: '16', name: '李思' }
export const noor = { id: '28', name: 'نور' }
export const weather = { id: '40', name: 'weather', bot: true } as const
export const deploys = { id: '41', name: 'Deploys', bot: true, icon: '🚀' } as const
export const long = { id: '31', name: 'Maximiliane-Alexandra von Langen' }

/** A fixed now keeps the screenshots equal from one run to the next. */
export const now = new Date(2026, 10, 19, 10, 4).getTime()
export const at = (hours: number, minutes: number, daysAgo = 0) =>
  new Date(2026, 10, 19 - daysAgo, hours, minutes).getTime()

const room = (id: string, name: string, more: Partial<RoomSummary> = {}): RoomSummary => ({
  id,
  name,
  kind: 'public',
  topic: '',
  isDefault: false,
  revisions: 'everyone',
  joined: true,
  role: 'member',
  head: 48131,
  read: 48131,
  unread: 0,
  lastAt: at(9, 58),
  level: 'mentions',
  favourite: false,
  ...more,
})

export const garden = room('7', 'garden', {
  topic: 'What grows, what broke, what we learned',
  lastAt: now,
  isDefault: true,
})
export const founders = room('11', 'founders', {
  kind: 'private',
  role: 'owner',
  lastAt: at(18, 20, 1),
  topic: 'Money and worry',
})
export const joined: RoomSummary[] = [
  garden,
  room('8', '产品讨论', { unread: 3, lastAt: at(10, 1) }),
  room('9', 'deploys', { unread: 48, lastAt: at(9, 40) }),
  room('10', 'reading-club', { lastAt: at(21, 14, 3) }),
  founders,
]
export const openRooms: RoomSummary[] = [
  room('21', 'lunch', { joined: false, role: null, lastAt: null }),
  room('22', 'cycling', { joined: false, role: null, lastAt: at(12, 0, 40) }),
]
export const manyRooms: RoomSummary[] = [
  ...joined,
  room('40', 'a-room-with-a-name-that-somebody-really-thought-about-for-long', { unread: 1000 }),
  room('41', 'غرفة الأخبار', { unread: 12 }),
  ...Array.from({ length: 24 }, (_, n) =>
    room(String(100 + n), `team-${n + 1}`, { unread: n % 5 === 0 ? n + 1 : 0, lastAt: at(9, 0, n) }),
  ),
]

const member = (person: Person, here: boolean, role: Role = 'member'): Member => ({
  id: person.id,
  name: person.name,
  here,
  role,
  ...(person.bot === true ? { bot: true } : {}),
})
export const members: Member[] = [
  member(ann, true, 'owner'),
  member(lisi, true),
  member(mara, true, 'moderator'),
  member(wang, false),
  member(weather, false),
]
export const thousand: Member[] = [
  ...members,
  member(noor, true),
  member(long, true),
  ...Array.from({ length: 994 }, (_, n) =>
    member({ id: String(1000 + n), name: `person ${n + 1}` }, n % 3 === 0),
  ),
]
