// Signing in with a passkey: a question to the server, one to the device, and the answer.
import { onScopeDispose, proxyRefs, ref, shallowRef, watch } from 'vue'
import { useSession } from '../account/session.ts'
import { beginPasskeySignIn, finishPasskeySignIn } from '../wire/passkey-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { t } from '../words/words.ts'
import { canAutofill, forgetUnknown, stopAsking, usePasskey, type Unmade } from './browser-passkeys.ts'

/** A little before the server's own end (limits.identity.passkeyMs). */
const renewMs = 4 * 60_000

export function usePasskeySignIn({
  step,
  done = () => undefined,
}: { step?: string; done?: () => unknown } = {}) {
  const session = useSession()
  const busy = ref(false)
  const refusal = shallowRef<Refusal>()
  const unmade = ref<Unmade>()
  /** What is asked for last counts. */
  let turn = 0
  /** The browser offers passkeys at the name field; the press of a button ends that for as long as it takes. */
  let isOffering = false
  let offer: () => void = () => undefined

  async function ask(isAutofill: boolean): Promise<void> {
    const mine = (turn += 1)
    const begun = await beginPasskeySignIn(step)
    if (mine !== turn) return
    if (isRefusal(begun)) return isAutofill ? undefined : void (refusal.value = begun)
    const used = await usePasskey(begun.options, { isAutofill })
    if (mine !== turn) return
    if (typeof used === 'string') return isAutofill ? undefined : void (unmade.value = used)
    const refused = await session.finish(await finishPasskeySignIn(begun.ticket, used))
    if (refused?.code === 'passkey_unknown') forgetUnknown(begun.options['rpId'], used.id)
    refusal.value = refused
    if (refused === undefined) done()
  }

  /** At the press of a button. */
  async function signIn(): Promise<void> {
    if (busy.value) return
    busy.value = true
    isOffering = false
    refusal.value = unmade.value = undefined
    await ask(false)
    busy.value = false
    offer()
  }

  /** While `isWanted`, the browser offers passkeys at the name field. */
  function autofill(isWanted: () => boolean): void {
    let again: ReturnType<typeof setTimeout> | undefined
    const isDue = () => isWanted() && !busy.value
    const stop = () => {
      clearTimeout(again)
      if (!isOffering) return
      isOffering = false
      turn += 1
      void stopAsking()
    }
    const start = async () => {
      clearTimeout(again)
      if (!isDue() || !(await canAutofill()) || !isDue()) return
      isOffering = true
      again = setTimeout(() => void start(), renewMs)
      await ask(true)
    }
    offer = () => void start()
    watch(isWanted, (is) => (is ? void start() : stop()), { immediate: true, flush: 'post' })
    onScopeDispose(() => {
      offer = () => undefined
      stop()
    })
  }

  const wrong = () =>
    unmade.value === undefined || unmade.value === 'cancelled' ? undefined : t(`passkey.${unmade.value}`)

  return proxyRefs({ busy, refusal, wrong, signIn, autofill })
}
