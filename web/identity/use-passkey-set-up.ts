// Adding a passkey, step by step: the password and a name, the browser's own question, and with the first one the recovery codes.
import { proxyRefs, ref, shallowRef } from 'vue'
import { browserName } from '../account/browser-name.ts'
import { addPasskey, beginPasskey } from '../wire/passkey-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { t } from '../words/words.ts'
import { makePasskey, type Unmade } from './browser-passkeys.ts'

/** `added`: once it is there, with the recovery codes if it is the first second factor. */
export function usePasskeySetUp(added: (codes: readonly string[] | undefined) => unknown) {
  const name = ref('')
  const codes = shallowRef<readonly string[]>()
  const unmade = ref<Unmade>()

  function restart(): void {
    name.value = browserName(navigator.userAgent) ?? t('passkey.one')
    codes.value = undefined
    unmade.value = undefined
  }
  restart()

  const call = (next: string) => (name.value = next)

  async function add(password: string): Promise<Refusal | undefined> {
    unmade.value = undefined
    const begun = await beginPasskey(password)
    if (isRefusal(begun)) return begun
    const made = await makePasskey(begun.options)
    if (typeof made === 'string') return void (unmade.value = made)
    const answer = await addPasskey(begun.ticket, name.value, made)
    if (isRefusal(answer)) return answer
    codes.value = answer.recoveryCodes
    added(answer.recoveryCodes)
    return undefined
  }

  return proxyRefs({ name, codes, unmade, call, add, restart })
}
