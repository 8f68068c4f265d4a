// The kinds of rooms as a table: who sees one, joins it and leaves it. Who may add somebody, and every other right,
// is in rights.ts by the same kinds. A new kind is a line here and a column there. Pure, and shared with the browser.
import { limits } from './limits.ts'

interface Kind {
  /** Who sees that it exists and may read it. For everybody else it does not exist. */
  seenBy: 'everybody' | 'members'
  /** Who may join without being added. */
  joinedBy: 'everybody' | 'nobody'
  /** Which of its rooms can be left: `groups` are those of more than two people. */
  leftFrom: 'all' | 'groups'
  /** Made with a name, or found and made by who is in it. */
  madeBy: 'name' | 'people'
  /** No other room of such a kind has its name, and it is found by it. */
  ownsName: boolean
  /** Whether it goes to somebody else when its last owner leaves, because nobody could join it to manage it. */
  hasHeir: boolean
  /** Up to this many people, everyone in it may mention all of them (`@room`); above that, rights.ts decides. */
  allNameAllUpTo: number
  /** Of what its members are told until they choose (member-settings.ts). */
  usualLevel: 'all' | 'mentions'
  /** Up to this many people, its members see who has read a message. */
  seenByUpTo: number
  /** The icon before its name in the browser. */
  icon: 'hash' | 'lock' | 'people'
}

export const roomKinds = {
  public: {
    seenBy: 'everybody',
    joinedBy: 'everybody',
    leftFrom: 'all',
    madeBy: 'name',
    ownsName: true,
    hasHeir: false,
    allNameAllUpTo: 0,
    usualLevel: 'mentions',
    seenByUpTo: limits.seenBy,
    icon: 'hash',
  },
  private: {
    seenBy: 'members',
    joinedBy: 'nobody',
    leftFrom: 'all',
    madeBy: 'name',
    ownsName: false,
    hasHeir: true,
    allNameAllUpTo: limits.mentions.smallRoom,
    usualLevel: 'mentions',
    seenByUpTo: limits.seenBy,
    icon: 'lock',
  },
  /** A conversation of people, who are all alike in it: nobody owns it, also no administrator. */
  direct: {
    seenBy: 'members',
    joinedBy: 'nobody',
    leftFrom: 'groups',
    madeBy: 'people',
    ownsName: false,
    hasHeir: false,
    allNameAllUpTo: limits.directs.people,
    usualLevel: 'all',
    seenByUpTo: limits.seenBy,
    icon: 'people',
  },
} as const satisfies Record<string, Kind>

export type RoomKind = keyof typeof roomKinds

export const roomKindNames = Object.keys(roomKinds) as RoomKind[]

/** What a kind of room allows. */
export const kindOf = (kind: RoomKind): Kind => roomKinds[kind]

/** Whether non-members see a room of this kind. */
export const isSeenByAll = (kind: RoomKind): boolean => kindOf(kind).seenBy === 'everybody'

/** The kinds of rooms that somebody gives a name. */
export const namedKinds = roomKindNames.filter((kind) => kindOf(kind).madeBy === 'name')

/** The kinds that everybody sees. */
export const openKinds: readonly RoomKind[] = roomKindNames.filter(isSeenByAll)
