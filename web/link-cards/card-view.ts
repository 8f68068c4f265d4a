// How this person wants to see link cards. Asked once for each page that is opened; what was known last is remembered by the device, so
// that nothing jumps meanwhile.
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { CardView } from '../../server/protocol/link-cards.ts'
import { useSession } from '../account/session.ts'
import { readCardView, setCardView } from '../wire/link-card-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

type View = CardView['view']

const isView = (raw: unknown): raw is View => raw === 'open' || raw === 'folded' || raw === 'hidden'
const keyOf = (user: string): string => `brook.linkCards.${user}`

export const useCardView = defineStore('cardView', () => {
  const session = useSession()
  /** Undefined: not known yet. */
  const view = shallowRef<View>()

  function remember(user: string, next: View): void {
    view.value = next
    try {
      localStorage.setItem(keyOf(user), next)
    } catch {
      // A browser that stores nothing asks again.
    }
  }

  async function learn(user: string | undefined): Promise<void> {
    view.value = undefined
    if (user === undefined) return
    const kept = rememberedOf(user)
    view.value = kept
    const answer = await readCardView()
    if (session.user?.id !== user) return
    // Whoever has chosen nothing sees them open.
    if (isRefusal(answer)) view.value ??= 'open'
    else remember(user, answer.view)
  }

  /** Undefined: it is so now. */
  async function choose(next: View): Promise<Refusal | undefined> {
    const [before, user] = [view.value, session.user?.id]
    view.value = next
    const answer = await setCardView(next)
    if (isRefusal(answer)) {
      view.value = before
      return answer
    }
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

function rememberedOf(user: string): View | undefined {
  try {
    const raw = localStorage.getItem(keyOf(user))
    return isView(raw) ? raw : undefined
  } catch {
    return undefined
  }
}
