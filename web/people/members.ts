// Who is in a room and who of them is here: the list over HTTP first, then what is told keeps it true.
import { ref, shallowRef } from 'vue'
import type { PresenceEvent } from '../../server/protocol/events.ts'
import type { Message, NoticeMessage } from '../../server/protocol/http.ts'
import { nameKey } from '../../server/protocol/names.ts'
import type { Member, Person, Role } from '../../server/protocol/people.ts'
import { listMembers } from '../wire/api.ts'
import { isRefusal } from '../wire/refusal.ts'

export function useMembers(room: string) {
  const members = shallowRef<Member[]>([])
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const total = ref(0)
  /** The newest notice that is in the list: an old one that is told late changes nothing. */
  let noticed = 0
  /** What was missed while away is not told later: the list is out of date until it is loaded again. */
  let isStale = true
  let meanwhile: PresenceEvent[] | undefined

  async function load(): Promise<void> {
    if (meanwhile !== undefined) return
    meanwhile = []
    isStale = false
    if (status.value === 'failed') status.value = 'loading'
    const answer = await listMembers(room)
    const heard = meanwhile
    meanwhile = undefined
    if (isRefusal(answer)) {
      isStale = true
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    members.value = answer.members
    total.value = answer.total
    status.value = 'ready'
    heard.forEach(present)
  }

  function present(event: PresenceEvent): void {
    meanwhile?.push(event)
    const here = new Set(event.here)
    const away = new Set(event.away)
    members.value = members.value.map((member) => {
      const isHere = here.has(member.id) || (member.here && !away.has(member.id))
      return isHere === member.here ? member : { ...member, here: isHere }
    })
  }

  function hear(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.kind !== 'notice' || message.seq <= noticed) continue
      noticed = message.seq
      if (status.value === 'ready') move(message)
    }
  }

  function move({ user, notice }: NoticeMessage): void {
    switch (notice.kind) {
      case 'joined':
        return add(user, true)
      case 'added':
        return add(notice.person, false)
      case 'left':
        return remove(user.id)
      case 'removed':
        return remove(notice.person.id)
      case 'role':
        return makes(notice.person.id, notice.role)
      case 'created':
      case 'topic':
      case 'revisions':
        return undefined
    }
  }

  function add({ id, name, bot }: Person, here: boolean): void {
    if (members.value.some((member) => member.id === id)) return
    const member: Member = { id, name, role: 'member', here, ...(bot === true ? { bot } : {}) }
    total.value += 1
    members.value = [...members.value, member].sort((a, b) => (nameKey(a.name) < nameKey(b.name) ? -1 : 1))
  }

  function remove(id: string): void {
    const left = members.value.filter((member) => member.id !== id)
    if (left.length < members.value.length) total.value -= 1
    members.value = left
  }

  function makes(id: string, role: Role): void {
    members.value = members.value.map((member) => (member.id === id ? { ...member, role } : member))
  }

  /** Somebody looks at the room: the list is loaded if it is not known to be true. */
  const look = (): void => {
    if (isStale) void load()
  }

  const missed = (): void => {
    isStale = true
  }

  return { members, status, total, load, look, missed, present, hear }
}
