// The workspace as everybody in it knows it: its name stands above the rooms.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { WorkspaceSeen } from '../../server/protocol/workspace.ts'
import { waitMs } from '../wire/back-off.ts'
import { seeWorkspace } from '../wire/entry-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export const useWorkspace = defineStore('workspace', () => {
  /** Undefined: not known yet. */
  const settings = shallowRef<WorkspaceSeen>()
  let underWay: Promise<Refusal | undefined> | undefined
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<Refusal | undefined> {
    clearTimeout(again)
    const answer = await seeWorkspace()
    if (isRefusal(answer)) {
      failures += 1
      again = setTimeout(() => void load(), waitMs(failures))
      return answer
    }
    failures = 0
    settings.value = answer
    return undefined
  }

  /** Retried until it succeeds; calls in progress are shared. */
  function load(): Promise<Refusal | undefined> {
    underWay ??= ask().finally(() => (underWay = undefined))
    return underWay
  }

  void load()
  return { settings, load }
})
