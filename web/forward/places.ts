// The rooms one is in, and the people whom one looks for, as places for something: a direct conversation is opened once it is needed.
import { computed, type ComputedRef, type Ref } from 'vue'
import { nameKey } from '../../server/protocol/names.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Profile } from '../../server/protocol/profiles.ts'
import { useSession } from '../account/session.ts'
import { usePeople } from '../profiles/use-people.ts'
import type { RoomView } from '../rooms/room-views.ts'
import { useRooms } from '../rooms/rooms.ts'
import { openDirect } from '../wire/directs-api.ts'
import { asNow } from '../wire/present-names.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export interface Places {
  query: Ref<string>
  rooms: ComputedRef<readonly RoomView[]>
  people: ComputedRef<readonly Profile[]>
  /** `chosen`: the id of a room, or `personPlace`. */
  roomOf: (chosen: string) => Promise<RoomSummary | Refusal | undefined>
}

const shownAtMost = 50
/** Before the id of somebody, where others have that of a room. */
const person = 'person '
export const personPlace = (id: string): string => person + id

export function usePlaces(): Places {
  const [rooms, session, people] = [useRooms(), useSession(), usePeople()]
  const { query } = people
  const found = computed(() =>
    rooms.joined
      .filter((room) => room.archived !== true && nameKey(room.name).includes(nameKey(query.value)))
      .slice(0, shownAtMost),
  )
  /** Those who are looked for, without whoever has a conversation among the rooms. */
  const offered = computed(() => {
    if (query.value.trim() === '' || people.asked.value.trim() === '') return []
    const there = new Set(
      found.value.flatMap(({ people: others }) => (others?.length === 1 ? others.map((one) => one.id) : [])),
    )
    return people.items.value
      .filter((one) => one.bot !== true && one.id !== session.user?.id && !there.has(one.id))
      .slice(0, shownAtMost)
      .map(asNow)
  })

  async function roomOf(chosen: string): Promise<RoomSummary | Refusal | undefined> {
    if (!chosen.startsWith(person)) return rooms.byId(chosen)
    const answer = await openDirect([chosen.slice(person.length)])
    if (isRefusal(answer)) return answer
    rooms.took(answer.room)
    return rooms.byId(answer.room.id) ?? answer.room
  }

  return { query, rooms: found, people: offered, roomOf }
}
