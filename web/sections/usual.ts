// The sections that everybody has, beside their own: a feature that has one for its rooms is a line here. Their order is in
// protocol/section-kinds.ts.
import type { Component } from 'vue'
import NewMessageTool from '../directs/NewMessageTool.vue'
import type { RoomKind } from '../../server/protocol/room-kinds.ts'
import NewRoomTool from '../rooms/NewRoomTool.vue'
import type { UsualSection } from '../../server/protocol/section-kinds.ts'
import type { Word } from '../words/words.ts'

interface UsualKind {
  title: Word
  /** Whether a room is in it that is neither a favourite nor in one of one's own; missing: in none of these. */
  holds?: (room: { kind: RoomKind }) => boolean
  /** In its head, such as a button that makes a room of its kind. */
  tools?: Component
  /** Everything in it that is unread needs one, also while it is folded. */
  isUrgent?: boolean
}

export const usual: Partial<Record<UsualSection, UsualKind>> = {
  favourites: { title: 'sections.favourites' },
  directs: {
    title: 'directs.title',
    holds: ({ kind }) => kind === 'direct',
    tools: NewMessageTool,
    isUrgent: true,
  },
  rooms: { title: 'rooms.title', holds: () => true, tools: NewRoomTool },
}
