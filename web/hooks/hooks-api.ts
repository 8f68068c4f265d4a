// The requests of the integrations dialog: the server's, or the gallery's fixtures.
import type { HookFilter, HooksAnswer, OpenedAnswer, SignedAnswer } from '../../server/protocol/hooks.ts'
import * as api from '../wire/api.ts'
import { hookFace, type FaceApi } from '../wire/face-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

type Done = Promise<Refusal | undefined>

export interface HooksApi {
  list: () => Promise<HooksAnswer | Refusal>
  open: (name: string) => Promise<OpenedAnswer | Refusal>
  rename: (hook: string, name: string) => Done
  renew: (hook: string) => Promise<OpenedAnswer | Refusal>
  send: (url: string, filter: HookFilter) => Promise<SignedAnswer | Refusal>
  pause: (hook: string, paused: boolean) => Done
  replay: (hook: string, from: number) => Done
  face: (hook: string) => FaceApi
  remove: (kind: 'incoming' | 'outgoing', hook: string) => Done
}

const refusalOf = async (answer: Promise<unknown>): Done => {
  const said = await answer
  return isRefusal(said) ? said : undefined
}

export const hooksApi = (room: string): HooksApi => ({
  list: () => api.listHooks(room),
  open: (name) => api.openHook(room, name),
  rename: (hook, name) => refusalOf(api.renameHook(room, hook, name)),
  renew: (hook) => api.renewHook(room, hook),
  send: (url, filter) => api.sendHook(room, url, filter),
  pause: (hook, paused) => refusalOf(api.pauseHook(room, hook, paused)),
  replay: (hook, from) => refusalOf(api.replayHook(room, hook, from)),
  face: (hook) => hookFace(room, hook),
  remove: (kind, hook) => refusalOf(api.removeHook(room, kind, hook)),
})

/** The state of an outgoing webhook in one word. */
export type HookState = 'delivering' | 'behind' | 'retrying' | 'asked' | 'gone' | 'failing' | 'unowned'

export function stateOf(
  hook: Pick<HooksAnswer['outgoing'][number], 'paused' | 'failures' | 'behind'>,
): HookState {
  if (hook.paused !== null) return hook.paused
  if (hook.failures > 0) return 'retrying'
  return hook.behind > 0 ? 'behind' : 'delivering'
}
