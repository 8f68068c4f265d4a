// Carries out what one does with the people of a room, and holds the question that comes before some of it.
import { provide, shallowRef } from 'vue'
import type { Member, RoomSummary, User } from '../../server/protocol/people.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { removeMember, setRole } from '../wire/api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { isolate, useSay } from '../words/say.ts'
import { deedsFor, isAsked, personActs, type PersonDeed } from './person-acts.ts'

export interface AskedDeed {
  person: Member
  deed: PersonDeed
}

/** Provides the acts to the rows; call it in the page's setup. */
export function usePersonDeeds({ room, user }: { room: () => RoomSummary | undefined; user: () => User }) {
  const { t, refusal: sayRefusal } = useSay()
  const asked = shallowRef<AskedDeed>()

  async function carryOut({ person, deed }: AskedDeed): Promise<void> {
    const id = room()?.id ?? ''
    const answer = await (deed === 'remove' ? removeMember(id, person.id) : setRole(id, person.id, deed))
    if (isRefusal(answer)) return void tellRefused(sayRefusal(answer))
    tellDone(t(`people.done.${deed}`, { name: isolate(person.name) }))
  }

  function ask(person: Member, deed: PersonDeed): void {
    if (isAsked(deed, person.id === user().id)) asked.value = { person, deed }
    else void carryOut({ person, deed })
  }

  provide(personActs, {
    deeds: (person) => {
      const here = room()
      return here === undefined ? [] : deedsFor(here, user(), person)
    },
    ask,
  })
  return { asked, carryOut }
}
