// What was deleted of people's messages and can be restored, and how it is.
import { shallowRef } from 'vue'
import type { Erasing } from '../../../server/protocol/erasing.ts'
import { announce } from '../../ui/announce.ts'
import { tellDone, tellRefused, tellUndoable } from '../../ui/notify.ts'
import { listErasings, makeErasing, undoErasing } from '../../wire/admin-api.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import { isolate, useSay } from '../../words/say.ts'

export type Erasings = ReturnType<typeof useErasings>

export function useErasings() {
  const { t, count, refusal: sayRefusal } = useSay()
  const all = shallowRef<readonly Erasing[]>([])
  // Without the list nothing is lost but the lines: what cannot be loaded is said by the section's own list.
  void listErasings().then((answer) => {
    if (!isRefusal(answer)) all.value = answer.erasings
  })

  /** Something was deleted: says so, with a way back. */
  function made(erasing: Erasing): void {
    all.value = [erasing, ...all.value]
    const { person, messages } = erasing
    const words = t('erasing.deleted', { n: count(messages), name: isolate(person.name) }, messages)
    tellUndoable(words, [{ undo: () => restore(erasing) }])
  }

  async function restore({ id, person }: Erasing): Promise<void> {
    const refused = await undoErasing(id)
    // Restored on another device: it comes to the same.
    if (isRefusal(refused) && refused.code !== 'not_found') return tellRefused(sayRefusal(refused))
    all.value = all.value.filter((one) => one.id !== id)
    announce(t('erasing.restored', { name: isolate(person.name) }))
  }

  async function erase(person: { id: string; name: string }, sinceMs: number): Promise<Refusal | undefined> {
    const answer = await makeErasing(person.id, sinceMs)
    if (isRefusal(answer)) return answer
    if (answer.erasing === null) tellDone(t('erasing.nothing', { name: isolate(person.name) }))
    else made(answer.erasing)
    return undefined
  }

  /** Those of one person, the newest first. */
  const of = (id: string): readonly Erasing[] => all.value.filter(({ person }) => person.id === id)

  return { of, made, restore, erase }
}
