// How this person wants to see link cards. Asked once for each page that is opened; what was known last is remembered by the device, so
// that nothing jumps meanwhile.
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { CardView } from '../../server/protocol/link-cards.ts'
import { useSession } from '../account/session.ts'
import { readCardView, setCardView } from '../wire/link-card-api.ts'
import { PendingChanges } from '../wire/pending-changes.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

type View = CardView['view']

const isView = (raw: unknown): raw is View => raw === 'open' || raw === 'folded' || raw === 'hidden'
const keyOf = (user: string): string => `brook.linkCards.${user}`

export const useCardView = defineStore('cardView', () => {
  const session = useSession()
  /** Undefined: not known yet. */
  const view = shallowRef<View>()
  const changes = new PendingChanges<CardView>()
  const show = (): void => void (view.value = changes.shown?.view)

  async function learn(user: string | undefined): Promise<void> {
    changes.forget()
    const kept = user === undefined ? undefined : rememberedOf(user)
    if (kept !== undefined) changes.heard({ view: kept })
    show()
    if (user === undefined) return
    const answer = await readCardView()
    if (session.user?.id !== user) return
    if (!isRefusal(answer)) {
      changes.heard(answer)
      remember(user, answer.view)
    }
    // Whoever has chosen nothing sees them open.
    else if (view.value === undefined) changes.heard({ view: 'open' })
    show()
  }

  /** Undefined: it is so now. */
  async function choose(next: View): Promise<Refusal | undefined> {
    const user = session.user?.id
    const change = { view: next }
    changes.begin(change)
    show()
    const answer = await setCardView(next)
    const isRefused = isRefusal(answer)
    changes.end(change, isRefused ? undefined : change)
    if (session.user?.id !== user) return undefined
    show()
    if (isRefused) return answer
    if (user !== undefined) remember(user, next)
    return undefined
  }

  watch(
    () => session.user?.id,
    (user) => void learn(user),
    { immediate: true },
  )

  return { view, choose }
})

function remember(user: string, view: View): void {
  try {
    localStorage.setItem(keyOf(user), view)
  } catch {
    // A browser that stores nothing asks again.
  }
}

function rememberedOf(user: string): View | undefined {
  try {
    const raw = localStorage.getItem(keyOf(user))
    return isView(raw) ? raw : undefined
  } catch {
    return undefined
  }
}
