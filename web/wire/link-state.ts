// The state of the connection as shown to a person, from the socket, the browser's network state, and refusals.
import { computed, ref } from 'vue'
import type { ErrorCode } from '../../server/protocol/errors.ts'
import type { Socket } from './socket.ts'

/**
 * `connecting`: first connect or a short reconnect. `offline`: the browser says so, or several attempts failed.
 * `behind`: connected, but the server cannot accept messages, or is catching up; they wait here.
 */
export type LinkState = 'connecting' | 'live' | 'offline' | 'behind'

/** Two failed attempts are a blink or a server that restarts; the third takes seconds, and the person should know. */
const offlineAfter = 3
/** Longer than the outbox's longest pause after a refusal: without a new refusal, all is well again. */
const behindMs = 25_000

const behindCodes: ReadonlySet<string> = new Set([
  'log_unavailable',
  'log_unknown',
  'overloaded',
  'not_ready',
])

export function useLinkState() {
  const socketState = ref<Socket['state']>('shut')
  const failures = ref(0)
  const retryAt = ref<number>()
  const online = ref(navigator.onLine)
  const isBehind = ref(false)
  let behindTimer: ReturnType<typeof setTimeout> | undefined

  /** Somebody is to be connected; before that, the connection is about to come. */
  const isStarted = ref(false)

  const state = computed<LinkState>(() => {
    if (!isStarted.value && online.value) return 'connecting'
    if (socketState.value === 'live') return isBehind.value ? 'behind' : 'live'
    const isOffline = !online.value || failures.value >= offlineAfter || socketState.value === 'shut'
    return isOffline ? 'offline' : 'connecting'
  })

  function changed(socket: Pick<Socket, 'state' | 'failures' | 'retryAt'>): void {
    socketState.value = socket.state
    failures.value = socket.failures
    retryAt.value = socket.retryAt
  }

  function behind(is: boolean): void {
    clearTimeout(behindTimer)
    isBehind.value = is
    if (is) behindTimer = setTimeout(() => (isBehind.value = false), behindMs)
  }

  return {
    state,
    retryAt,
    online,
    changed,
    started: () => void (isStarted.value = true),
    stopped: () => {
      isStarted.value = false
      behind(false)
    },
    /** The server accepts messages, or none are being sent. */
    notBehind: () => behind(false),
    refused: (code: ErrorCode) => behindCodes.has(code) && behind(true),
  }
}
