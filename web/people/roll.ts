// The members of a room and who of them is online, as answers and events change them.
import { ref, shallowRef } from 'vue'
import type { PresenceEvent } from '../../server/protocol/events.ts'
import type { MembersAnswer, NoticeMessage } from '../../server/protocol/http.ts'
import { nameKey } from '../../server/protocol/names.ts'
import type { Member, Person, Role } from '../../server/protocol/people.ts'

export function useRoll() {
  const members = shallowRef<Member[]>([])
  const total = ref(0)
  /** Who has been told to be online: the news may come before the notice that somebody has joined. */
  const online = new Set<string>()

  function show(answer: MembersAnswer): void {
    members.value = answer.members
    total.value = answer.total
    online.clear()
    for (const { id, here } of answer.members) if (here) online.add(id)
  }

  function present(event: PresenceEvent): void {
    const here = new Set(event.here)
    const away = new Set(event.away)
    for (const id of here) online.add(id)
    for (const id of away) online.delete(id)
    members.value = members.value.map((member) => {
      const isHere = here.has(member.id) || (member.here && !away.has(member.id))
      return isHere === member.here ? member : { ...member, here: isHere }
    })
  }

  function move({ user, notice }: NoticeMessage): void {
    switch (notice.kind) {
      case 'joined':
        return add(user)
      case 'added':
        return add(notice.person)
      case 'left':
        return remove(user.id)
      case 'removed':
        return remove(notice.person.id)
      case 'role':
        if (notice.own !== undefined) makes(user.id, notice.own)
        return makes(notice.person.id, notice.role)
    }
  }

  /** Online are those with a connection, wherever they have come from. */
  function add({ id, name, bot }: Person): void {
    if (members.value.some((member) => member.id === id)) return
    const member: Member = {
      id,
      name,
      role: 'member',
      here: online.has(id),
      ...(bot === true ? { bot } : {}),
    }
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

  return { members, total, show, present, move }
}
