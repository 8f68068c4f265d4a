// Deleting a room for good, and restoring it within a day.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Person, RoomKind } from './people.ts'
import { Closed, Id, Line, Time } from './schema.ts'

/** The name of the room, typed again. */
export const RoomDeletionBody = Closed({ name: Line(limits.roomNameChars) })
/** A room that can be restored until `restorableUntil`. `people`: how many were in it. */
export const DeletedRoom = Closed({
  id: Id,
  name: Type.String(),
  kind: RoomKind,
  people: Type.Integer({ minimum: 0 }),
  by: Person,
  at: Time,
  restorableUntil: Time,
})
/** Those that can be restored, the newest first. */
export const DeletedRoomsAnswer = Closed({ rooms: Type.Array(DeletedRoom) })
export const DeletedRoomParams = Closed({ deleted: Id })
/** `name`: another one, if its own has been taken meanwhile. */
export const RoomRestoringBody = Closed({ name: Type.Optional(Line(limits.roomNameChars)) })

export type DeletedRoom = Static<typeof DeletedRoom>
export type DeletedRoomsAnswer = Static<typeof DeletedRoomsAnswer>
