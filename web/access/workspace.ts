// The workspace as everybody in it knows it: its name stands above the rooms.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Workspace } from '../../server/protocol/workspace.ts'
import { seeWorkspace } from '../wire/entry-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export const useWorkspace = defineStore('workspace', () => {
  /** Undefined: not known yet. */
  const settings = shallowRef<Workspace>()

  async function load(): Promise<Refusal | undefined> {
    const answer = await seeWorkspace()
    if (isRefusal(answer)) return answer
    settings.value = answer
    return undefined
  }

  void load()
  return { settings, load }
})
