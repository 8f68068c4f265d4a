// The members of a room and who of them is online: the list over HTTP first, then events keep it up to date.
import { computed } from 'vue'
import type { PresenceEvent } from '../../server/protocol/events.ts'
import type { MembersAnswer, Message, NoticeMessage } from '../../server/protocol/http.ts'
import { listMembers } from '../wire/api.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { asNow } from '../wire/present-names.ts'
import { useRoll } from './roll.ts'

/** A notice that moves somebody, or a change of who is online. */
type MemberEvent = PresenceEvent | NoticeMessage

export function useMembers(room: string) {
  const { members, total, show, present, move } = useRoll()
  /** The newest notice included in the list: an older one that arrives late changes nothing. */
  let noticed = 0
  /** Of a large room; whoever has asked for more gets as much again when the list is loaded anew. */
  let pages = 1
  const list = liveList<MembersAnswer, MemberEvent>({
    ask: () => firstPages(room, pages),
    show,
    apply: (event) => ('type' in event ? present(event) : move(event)),
  })

  function hear(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.kind !== 'notice' || message.seq <= noticed) continue
      noticed = message.seq
      list.hear(message)
    }
  }

  function loadMore(): void {
    pages += 1
    void list.load()
  }

  const called = computed(() => members.value.map(asNow))

  return {
    members: called,
    total,
    status: list.status,
    load: list.load,
    loadMore,
    look: list.look,
    missed: list.missed,
    present: list.hear,
    hear,
    close: list.close,
  }
}

/** One answer of so many pages. */
async function firstPages(room: string, pages: number): Promise<MembersAnswer | Refusal> {
  const first = await listMembers(room)
  if (isRefusal(first)) return first
  let [members, next] = [first.members, first.next]
  for (let page = 1; page < pages && next !== null; page += 1) {
    const answer = await listMembers(room, next)
    if (isRefusal(answer)) return answer
    members = [...members, ...answer.members]
    next = answer.next
  }
  return { ...first, members, next }
}
