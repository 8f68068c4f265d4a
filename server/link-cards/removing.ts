// Removing the card of a link, for everybody and for good: its author, and whoever may delete others' messages. Called once the gate has
// let the person pass.
import type { Appended } from '../log/entry.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Changes, Which } from '../posting/change.ts'
import type { Passed } from '../posting/gate.ts'
import { isOff } from '../protocol/entries/carded.ts'
import type { Refusal } from '../protocol/errors.ts'
import { cardLinksOf } from '../text/card-links.ts'

export interface RemovingDeps {
  changes: Pick<Changes, 'change'>
  memberships: Pick<Memberships, 'roles'>
}

/** One that is removed already, or that the message cannot have, is answered without an entry. */
export function removeCard(
  { changes, memberships }: RemovingDeps,
  by: Passed,
  { link, ...which }: Which & { link: string },
): Promise<Appended | Refusal> {
  return changes.change(by, which, async (message) => {
    const { id } = by.person
    const isAllowed = message.user.id === id || (await memberships.roles.may('deleteOthers', id, which.room))
    if (!isAllowed) return { code: 'not_yours' }
    const isThere = message.cards?.some((card) => card.link === link) === true
    if (isOff(message, link) || (!isThere && !cardLinksOf(message.text).includes(link)))
      return { seq: message.updatedSeq, at: Date.now() }
    return { type: 'uncarded', target: which.seq, link }
  })
}
