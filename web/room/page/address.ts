// Where a message is read: in its room, or in its thread if it is only there. Pure.
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { showsInRoom } from '../../../server/protocol/timeline.ts'

export const addressOf = (room: string, message: SpokenMessage): string =>
  showsInRoom(message)
    ? `/rooms/${room}/${message.seq}`
    : `/rooms/${room}/thread/${message.thread}/${message.seq}`
