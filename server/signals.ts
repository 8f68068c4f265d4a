// What the bus between processes says, handed to the parts it concerns: rooms hear who types, people what of theirs changed.
import type { Bell } from './bot/bell.ts'
import type { Bus } from './bus.ts'
import { parseStreamId } from './log/entry.ts'
import type { Log } from './log/log.ts'
import type { Memberships } from './membership/memberships.ts'
import { readEventOf } from './membership/reading.ts'
import type { Rooms } from './room/rooms.ts'
import type { Crowd } from './socket/crowd.ts'

export interface Hearers {
  rooms: Rooms
  memberships: Memberships
  crowd: Crowd
  bell: Bell
  log: Log
}

/** Answers what ends it. */
export function hearSignals(bus: Bus, { rooms, memberships, crowd, bell, log }: Hearers): () => void {
  return bus.subscribe((signal) => {
    switch (signal.kind) {
      case 'typing': {
        const { kind: type, ...typing } = signal
        return void rooms.find(signal.room)?.send({ type, ...typing })
      }
      case 'read':
        memberships.markers.heard({ ...signal, turn: signal.turn ?? 0 })
        return crowd.tellRead(signal.user, readEventOf(signal))
      case 'saved': {
        const { user, room, seq, on } = signal
        return crowd.tellPerson(user, { type: 'saved', room, seq, on })
      }
      case 'thread':
        return crowd.tellPerson(signal.user, signal.thread)
      case 'note':
        return crowd.tellPerson(signal.user, signal.note)
      case 'signed-out':
        bell.signOut(signal.session)
        return crowd.signOut(signal.session)
      case 'archived':
        return log.archivedUpTo(signal.shard, parseStreamId(signal.id))
      case 'presence':
      case 'presence-asked':
        // Presence listens by itself.
        return undefined
    }
  })
}
