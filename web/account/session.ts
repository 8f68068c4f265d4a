// Who sits at this browser. Every other store waits for `user`; only this one asks the server about it.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SessionSummary, User } from '../../server/protocol/people.ts'
import * as api from '../wire/api.ts'
import { waitMs } from '../wire/back-off.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** `unreachable`: the server has not answered yet; it is asked again by itself. */
export type SessionStatus = 'checking' | 'out' | 'in' | 'unreachable'

export const useSession = defineStore('session', () => {
  const status = ref<SessionStatus>('checking')
  const user = shallowRef<User>()
  const tabs = otherTabs(() => void check())
  let underWay: Promise<void> | undefined
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined

  function enter(who: User): void {
    user.value = who
    status.value = 'in'
  }

  function leave(): void {
    user.value = undefined
    status.value = 'out'
  }

  async function ask(): Promise<void> {
    clearTimeout(again)
    const answer = await api.whoAmI()
    if (!isRefusal(answer)) enter(answer.user)
    else if (answer.code === 'signed_out') leave()
    else return askLater()
    failures = 0
  }

  /** Someone who is in stays in while the server is away: what was said can still be read, and waits to be sent. */
  function askLater(): void {
    failures += 1
    if (status.value === 'in') return
    status.value = 'unreachable'
    again = setTimeout(() => void check(), waitMs(failures))
  }

  /** Asks the server who this is; several calls at once are one. Called at the start and whenever there is doubt. */
  function check(): Promise<void> {
    underWay ??= ask().finally(() => (underWay = undefined))
    return underWay
  }

  async function come(answer: Awaited<ReturnType<typeof api.signIn>>): Promise<Refusal | undefined> {
    if (isRefusal(answer)) return answer
    enter(answer.user)
    tabs.tell()
    return undefined
  }

  /** Enters under a name alone. */
  const enterAsGuest = async (name: string) => come(await api.enterAsGuest(name))
  const signUp = async (name: string, password: string) => come(await api.signUp(name, password))
  const signIn = async (name: string, password: string) => come(await api.signIn(name, password))
  /** Gives a guest a password, or changes it; `current` is needed where there is one. */
  const setPassword = async (password: string, current?: string) =>
    come(await api.setPassword(password, current))

  /** Leaves on this browser. Without an answer one is not out: the cookie is the server's to take back. */
  async function signOut(): Promise<void> {
    const answer = await api.signOut()
    if (isRefusal(answer) && answer.code !== 'signed_out') return check()
    leave()
    tabs.tell()
  }

  async function listSessions(): Promise<SessionSummary[] | Refusal> {
    const answer = await api.listSessions()
    return isRefusal(answer) ? answer : answer.sessions
  }

  const endSession = (id: string): Promise<Refusal | undefined> => api.endSession(id)

  globalThis.addEventListener('online', () => status.value === 'unreachable' && void check())
  void check()

  return {
    status,
    user,
    check,
    enterAsGuest,
    signUp,
    signIn,
    signOut,
    setPassword,
    listSessions,
    endSession,
  }
})

/** The tabs of one browser share a cookie: when one of them enters or leaves, the others look again. */
function otherTabs(changed: () => void): { tell: () => void } {
  if (typeof BroadcastChannel === 'undefined') return { tell: () => undefined }
  const channel = new BroadcastChannel('brook-session')
  channel.onmessage = changed
  return { tell: () => channel.postMessage('changed') }
}
