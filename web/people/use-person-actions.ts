// Performs the actions on the people of a room, and holds the confirmation that some of them need.
import { provide, shallowRef } from 'vue'
import type { Member, RoomSummary, User } from '../../server/protocol/people.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { removeMember, setRole } from '../wire/api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { isolate, useSay } from '../words/say.ts'
import { actionsFor, isAsked, personActions, type PersonAction } from './person-actions.ts'

export interface AskedAction {
  person: Member
  action: PersonAction
}

/** Provides the actions to the rows; call it in the page's setup. */
export function usePersonActions({ room, user }: { room: () => RoomSummary | undefined; user: () => User }) {
  const { t, refusal: sayRefusal } = useSay()
  const asked = shallowRef<AskedAction>()

  async function carryOut({ person, action }: AskedAction): Promise<void> {
    const id = room()?.id ?? ''
    const answer = await (action === 'remove' ? removeMember(id, person.id) : setRole(id, person.id, action))
    if (isRefusal(answer)) return void tellRefused(sayRefusal(answer))
    tellDone(t(`people.done.${action}`, { name: isolate(person.name) }))
  }

  function ask(person: Member, action: PersonAction): void {
    if (isAsked(action, person.id === user().id)) asked.value = { person, action }
    else void carryOut({ person, action })
  }

  provide(personActions, {
    actions: (person) => {
      const here = room()
      return here === undefined ? [] : actionsFor(here, user(), person)
    },
    ask,
  })
  return { asked, carryOut }
}
