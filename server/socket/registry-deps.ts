// What the registry of connections needs.
import type { Log } from '../log/log.ts'
import type { RoomList } from '../membership/room-list.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Budget } from './catch-up.ts'
import type { Presence } from './presence.ts'

export interface ConnectionRegistryDeps {
  rooms: Rooms
  log: Pick<Log, 'tail'>
  memberships: Pick<RoomList, 'welcome' | 'summary' | 'asNonMember' | 'newestOpen'>
  presence: Pick<Presence, 'came'>
  bans?: Pick<BanList, 'isOutOf'>
  nameOf?: Budget['nameOf']
  onError: (error: unknown, where: string) => void
}
