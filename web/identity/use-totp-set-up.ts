// Setting up the second factor, step by step: the password, the QR code and its confirmation, the recovery codes.
import { computed, proxyRefs, shallowRef } from 'vue'
import type { TotpAnswer } from '../../server/protocol/security.ts'
import { beginTotp, confirmTotp } from '../wire/identity-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export type SetUpStep = 'password' | 'scan' | 'codes'

export function useTotpSetUp() {
  const begun = shallowRef<TotpAnswer>()
  const codes = shallowRef<readonly string[]>()
  const step = computed<SetUpStep>(() => {
    if (codes.value !== undefined) return 'codes'
    return begun.value === undefined ? 'password' : 'scan'
  })

  function restart(): void {
    begun.value = undefined
    codes.value = undefined
  }

  async function begin(password: string): Promise<Refusal | undefined> {
    const answer = await beginTotp(password)
    if (isRefusal(answer)) return answer
    begun.value = answer
    return undefined
  }

  async function confirm(code: string): Promise<Refusal | undefined> {
    if (begun.value === undefined) return { code: 'ticket_over' }
    const answer = await confirmTotp(begun.value.ticket, code)
    if (isRefusal(answer)) {
      if (answer.code === 'ticket_over') restart()
      return answer
    }
    codes.value = answer.recoveryCodes
    return undefined
  }

  return proxyRefs({ step, begun, codes, begin, confirm, restart })
}
