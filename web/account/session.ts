// The person signed in at this browser. Every other store waits for `user`; only this one asks the server.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { KeptOut } from '../../server/protocol/moderation.ts'
import type { SessionSummary, User } from '../../server/protocol/people.ts'
import type { Needed } from '../../server/protocol/security.ts'
import { forgetCopy } from '../offline/forget.ts'
import { whoWasHere } from '../offline/marker.ts'
import { sharedCache } from '../worker/shared-cache.ts'
import * as api from '../wire/entry-api.ts'
import { waitMs } from '../wire/back-off.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** `unreachable`: the server has not answered yet; it is retried automatically. */
export type SessionStatus = 'checking' | 'out' | 'in' | 'unreachable'

export const useSession = defineStore('session', () => {
  const { enter, leave, ...state } = whoIsHere()
  const { status, needs, ticket, isAsked } = state
  const tabs = otherTabs(() => void check())
  let underWay: Promise<void> | undefined
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<void> {
    clearTimeout(again)
    const answer = await api.whoAmI()
    isAsked.value = true
    if (isRefusal(answer) && answer.code !== 'signed_out') return askLater()
    needs.value = isRefusal(answer) ? undefined : answer.needs
    if (isRefusal(answer)) leave()
    else if (answer.user) enter(answer.user)
    else leave(answer.ban)
    failures = 0
  }

  /**
   * A signed-in person stays signed in while the server is down: messages can still be read, and new ones wait to be
   * sent.
   */
  function askLater(): void {
    failures += 1
    if (status.value === 'in') return
    status.value = 'unreachable'
    again = setTimeout(() => void check(), waitMs(failures))
  }

  /** Asks the server who is signed in; calls in progress are shared. Called at the start and whenever there is doubt. */
  function check(): Promise<void> {
    underWay ??= ask().finally(() => (underWay = undefined))
    return underWay
  }

  async function come(answer: Answer): Promise<Refusal | undefined> {
    if (isRefusal(answer)) {
      if (answer.ticket) ticket.value = answer.ticket
      return answer
    }
    // An administrator may have to do something first.
    if (answer.user.admin) await ask()
    else enter(answer.user)
    tabs.tell()
    return undefined
  }

  /** Signs out on this browser. Without an answer the person stays signed in: only the server can remove the cookie. */
  async function signOut(): Promise<void> {
    const refused = await goes(api.signOut())
    if (refused === undefined) return undefined
    if (refused.code !== 'signed_out') return check()
    end()
  }

  function end(): void {
    if (state.user.value) forget(state.user.value)
    leave()
    tabs.tell()
  }

  /** `leaving`: a request after which nobody is signed in here, unless it is refused. */
  async function goes(leaving: Promise<undefined | Refusal>): Promise<Refusal | undefined> {
    // The server ends the connection before it answers: whoever asks meanwhile who is signed in waits for this answer.
    underWay = leaving.then(() => undefined)
    const refused = await leaving
    underWay = undefined
    if (refused) return refused
    end()
    return undefined
  }

  globalThis.addEventListener('online', () => status.value === 'unreachable' && void check())
  enterFromCopy(enter)
  void check()

  return { ...state, check, signOut, goes, ...waysIn(come), ...devices }
})

/** Whoever was here last is shown what this device has of theirs, as long as it may be. */
function enterFromCopy(enter: (who: User) => void): void {
  const before = whoWasHere()
  if (before === 'over') void forgetCopy()
  else if (before !== undefined) enter(before)
}

/** Removes what this browser has kept of somebody: what they were writing and looking for, and where they were. */
function forget({ id }: User): void {
  try {
    for (const storage of [localStorage, sessionStorage])
      for (const key of Object.keys(storage))
        if (key === 'brook.searches' || key.split(/[.:]/)[2] === id) storage.removeItem(key)
  } catch {
    // Storage is blocked: there is nothing in it.
  }
  void globalThis.caches?.delete(sharedCache).catch(() => undefined)
}

/** Who is signed in here, and what stands in their way. */
function whoIsHere() {
  const status = ref<SessionStatus>('checking')
  const user = shallowRef<User>()
  /** The server has said who is here, or cannot be asked: until then, somebody may be shown what this device has of theirs. */
  const isAsked = ref(false)
  /** What keeps this person out; nobody is signed in then. */
  const ban = shallowRef<KeptOut>()
  /** What this person must do before anything else. */
  const needs = ref<Needed>()
  /** The password was right; the code of the second factor is still to come, with this. */
  const ticket = ref<string>()

  function enter(who: User): void {
    ticket.value = undefined
    user.value = who
    status.value = 'in'
  }

  function leave(why?: KeptOut): void {
    void forgetCopy()
    user.value = undefined
    ban.value = why
    status.value = 'out'
  }

  /** Has the person another name by now? */
  function renamed(name: string): void {
    if (user.value !== undefined && user.value.name !== name) user.value = { ...user.value, name }
  }

  return { status, user, isAsked, ban, needs, ticket, enter, leave, renamed }
}

type Answer = Awaited<ReturnType<typeof api.signIn>>

/** Each returns the refusal, if there was one; `come` handles the server's answer. */
const waysIn = (come: (answer: Answer) => Promise<Refusal | undefined>) => ({
  /** With what a second step has answered. */
  finish: come,
  /** Signs in with a name alone. */
  enterAsGuest: async (name: string, invite?: string) => come(await api.enterAsGuest(name, invite)),
  signUp: async (name: string, password: string, invite?: string) =>
    come(await api.signUp(name, password, invite)),
  /** Makes an administrator's account by the owner's link. */
  comeAsOwner: async (code: string, name: string, password: string) =>
    come(await api.comeAsOwner(code, name, password)),
  signIn: async (name: string, password: string) => come(await api.signIn(name, password)),
  /** Sets a guest's password, or changes it; `current` is needed if there is one. */
  setPassword: async (password: string, current?: string) => come(await api.setPassword(password, current)),
})

async function listSessions(): Promise<SessionSummary[] | Refusal> {
  const answer = await api.listSessions()
  return isRefusal(answer) ? answer : answer.sessions
}

const devices = { listSessions, endSession: api.endSession }

/** The tabs of a browser share a cookie: when somebody signs in or out in one, the others check again. */
function otherTabs(changed: () => void): { tell: () => void } {
  if (typeof BroadcastChannel === 'undefined') return { tell: () => undefined }
  const channel = new BroadcastChannel('brook-session')
  channel.onmessage = changed
  return { tell: () => channel.postMessage('changed') }
}
