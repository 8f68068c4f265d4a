// The look and the texts of each kind of room: the half of protocol/room-kinds.ts that only the browser needs.
import { Hash, Lock } from '@lucide/vue'
import type { Component } from 'vue'
import type { RoomKind } from '../../server/protocol/room-kinds.ts'
import type { Word } from '../words/words.ts'

interface KindOfRoom {
  icon: Component
  /** Read beside its name by screen readers, if the icon has a meaning. */
  label?: Word
  /** The warnings before a person leaves it, and before somebody is removed from it. */
  leaving: Word
  removing: Word
}

const kinds: Record<RoomKind, KindOfRoom> = {
  public: { icon: Hash, leaving: 'room.leaveText', removing: 'people.removeText' },
  private: {
    icon: Lock,
    label: 'rooms.private',
    leaving: 'room.leavePrivateText',
    removing: 'people.removePrivateText',
  },
}

export const lookOf = ({ kind }: { kind: RoomKind }): KindOfRoom => kinds[kind]
