// The members of a room and who of them is online: the list over HTTP first, then events keep it up to date.
import type { PresenceEvent } from '../../server/protocol/events.ts'
import type { MembersAnswer, Message, NoticeMessage } from '../../server/protocol/http.ts'
import { listMembers } from '../wire/api.ts'
import { liveList } from '../wire/live-list.ts'
import { useRoll } from './roll.ts'

/** A notice that moves somebody, or a change of who is online. */
type MemberEvent = PresenceEvent | NoticeMessage

export function useMembers(room: string) {
  const { members, total, show, present, move } = useRoll()
  /** The newest notice included in the list: an older one that arrives late changes nothing. */
  let noticed = 0
  const list = liveList<MembersAnswer, MemberEvent>({
    ask: () => listMembers(room),
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

  return {
    members,
    total,
    status: list.status,
    load: list.load,
    look: list.look,
    missed: list.missed,
    present: list.hear,
    hear,
    close: list.close,
  }
}
