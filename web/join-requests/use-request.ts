// A request to join, as whoever made it sees it: it is asked about now and then, and lets them in by itself.
import { onScopeDispose, proxyRefs, ref, shallowRef } from 'vue'
import type { AskBody, AskedAnswer } from '../../server/protocol/join-requests.ts'
import { useSession } from '../account/session.ts'
import { waitMs } from '../wire/back-off.ts'
import { askToJoin, lookAtRequest, withdrawRequest } from '../wire/join-request-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { keepRequest, requestPath } from './kept-request.ts'

/** Fifty people behind one address stay below the rate of knocks. */
const lookEveryMs = 4_000

/** `code`: of a request that was made before. `leave`: once they are in. */
export function useRequest(code: string | undefined, leave: () => unknown) {
  const session = useSession()
  const own = ref(code)
  /** Undefined: not known yet. */
  const asked = shallowRef<AskedAnswer>()
  /** Why there is nothing to wait for any more. */
  const ended = shallowRef<Refusal>()
  let again: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  function keep(next: string | undefined): void {
    own.value = next
    keepRequest(next)
    history.replaceState(null, '', requestPath(next))
  }

  async function look(): Promise<void> {
    clearTimeout(again)
    if (own.value === undefined) return
    if (document.hidden) return later(lookEveryMs)
    const answer = await lookAtRequest(own.value)
    if (isRefusal(answer)) return refused(answer)
    failures = 0
    asked.value = answer
    if (answer.state === 'waiting') return later(lookEveryMs)
    keepRequest(undefined)
    if (answer.user !== null && (await session.finish({ user: answer.user })) === undefined) leave()
  }

  function later(ms: number): void {
    again = setTimeout(() => void look(), ms)
  }

  function refused(refusal: Refusal): void {
    if (refusal.code === 'request_over' || refusal.code === 'banned') {
      ended.value = refusal
      return keepRequest(undefined)
    }
    failures += 1
    later(refusal.retryAfterMs ?? waitMs(failures))
  }

  async function ask(body: AskBody): Promise<Refusal | undefined> {
    const answer = await askToJoin(body)
    if (isRefusal(answer)) return answer
    keep(answer.request)
    asked.value = undefined
    await look()
    return undefined
  }

  /** An answer that has come meanwhile is as good as none. */
  async function withdraw(): Promise<void> {
    if (own.value !== undefined) await withdrawRequest(own.value)
    keepRequest(undefined)
    leave()
  }

  /** The form once more. */
  function restart(): void {
    keep(undefined)
    ended.value = undefined
    asked.value = undefined
  }

  const seen = () => !document.hidden && void look()
  document.addEventListener('visibilitychange', seen)
  onScopeDispose(() => {
    clearTimeout(again)
    document.removeEventListener('visibilitychange', seen)
  })
  void look()
  return proxyRefs({ own, asked, ended, ask, withdraw, restart })
}
