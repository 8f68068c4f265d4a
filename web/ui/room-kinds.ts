// The look and the texts of each kind of room: the half of protocol/room-kinds.ts that only the browser needs.
import { Hash, Lock, MessageCircle } from '@lucide/vue'
import type { Component } from 'vue'
import type { RoomKind } from '../../server/protocol/room-kinds.ts'
import type { Word } from '../words/words.ts'

interface KindOfRoom {
  icon: Component
  /** Before its name, in words. */
  sign: '#' | ''
  /** Read beside its name by screen readers, if the icon has a meaning. */
  label?: Word
  /** The warnings before a person leaves it, and before somebody is removed from it. */
  leaving: Word
  removing: Word
}

const kinds: Record<RoomKind, KindOfRoom> = {
  public: { icon: Hash, sign: '#', leaving: 'room.leaveText', removing: 'people.removeText' },
  private: {
    icon: Lock,
    sign: '',
    label: 'rooms.private',
    leaving: 'room.leavePrivateText',
    removing: 'people.removePrivateText',
  },
  direct: {
    icon: MessageCircle,
    sign: '',
    label: 'directs.direct',
    leaving: 'directs.leaveText',
    // Nobody is.
    removing: 'people.removePrivateText',
  },
}

export const lookOf = ({ kind }: { kind: RoomKind }): KindOfRoom => kinds[kind]

export interface NamedRoom {
  name: string
  kind: RoomKind
}

/** A room's name within a text: only a public one has a `#`. */
export const roomName = (room: NamedRoom | undefined): string =>
  room === undefined ? '' : lookOf(room).sign + room.name
