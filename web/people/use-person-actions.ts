// Performs the actions on the people of a room, and holds the confirmation that some of them need.
import { provide, shallowRef } from 'vue'
import type { RoomBanBody } from '../../server/protocol/moderation.ts'
import type { Member, RoomSummary, User } from '../../server/protocol/people.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { banFromRoom, handOver, removeMember, setRole } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { isolate, useSay } from '../words/say.ts'
import { actionsFor, isAsked, personActions, type PersonAction } from './person-actions.ts'

export interface AskedAction {
  person: Member
  action: PersonAction
}

export type PersonActing = ReturnType<typeof usePersonActions>

/** Provides the actions to the rows; call it in the page's setup. */
export function usePersonActions({ room, user }: { room: () => RoomSummary | undefined; user: () => User }) {
  const { t, refusal: sayRefusal } = useSay()
  const asked = shallowRef<AskedAction>()

  const done = ({ person, action }: AskedAction): void =>
    tellDone(t(`people.done.${action}`, { name: isolate(person.name) }))

  async function carryOut(what: AskedAction & { action: Exclude<PersonAction, 'ban'> }): Promise<void> {
    const { person, action } = what
    const id = room()?.id ?? ''
    const answer = await request(id, person.id, action)
    if (isRefusal(answer)) return void tellRefused(sayRefusal(answer))
    done(what)
  }

  /** For how long, and why. */
  async function ban(person: Member, body: RoomBanBody): Promise<Refusal | undefined> {
    const answer: unknown = await banFromRoom(room()?.id ?? '', person.id, body)
    if (isRefusal(answer)) return answer
    done({ person, action: 'ban' })
    return undefined
  }

  function ask(person: Member, action: PersonAction): void {
    if (isAsked(action, person.id === user().id)) asked.value = { person, action }
    else if (action !== 'ban') void carryOut({ person, action })
  }

  provide(personActions, {
    actions: (person) => {
      const here = room()
      return here === undefined ? [] : actionsFor(here, user(), person)
    },
    ask,
  })
  return { asked, carryOut, ban }
}

function request(room: string, person: string, action: Exclude<PersonAction, 'ban'>) {
  if (action === 'remove') return removeMember(room, person)
  return action === 'handOver' ? handOver(room, person) : setRole(room, person, action)
}
