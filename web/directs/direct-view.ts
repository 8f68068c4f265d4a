// What a direct conversation is called at this moment: its people may have other names by now.
import { directName } from '../../server/protocol/direct-names.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { asNow } from '../wire/present-names.ts'
import { t } from '../words/words.ts'

/** The same room, if it is of another kind. `own`: the reader's id. */
export function directNow<Of extends Pick<RoomSummary, 'name' | 'people'>>(room: Of, own: string): Of {
  if (room.people === undefined) return room
  const people = room.people.map(asNow)
  const [only] = people
  const isNotes = people.length === 1 && only?.id === own
  return { ...room, people, name: isNotes ? t('directs.you', { name: only.name }) : directName(people) }
}
