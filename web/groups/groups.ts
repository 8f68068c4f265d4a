// The groups of the workspace, for whoever mentions one or looks after them. Nobody is told that they have changed, which is
// rare: they are read again when somebody looks, and it has been a while.
import { defineStore } from 'pinia'
import { computed, proxyRefs, shallowRef, watch } from 'vue'
import type { Group, GroupAnswer, GroupsAnswer } from '../../server/protocol/groups.ts'
import { useSession } from '../account/session.ts'
import * as api from '../wire/group-api.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** Typing a name is not a reason to ask each time. */
const freshForMs = 30_000

export const useGroups = defineStore('groups', () => {
  const session = useSession()
  const answer = shallowRef<GroupsAnswer>({ groups: [], mayMake: false })
  let readAt = 0
  const list = liveList<GroupsAnswer, never>({
    ask: api.listGroups,
    show: (groups) => {
      answer.value = groups
      readAt = Date.now()
    },
    apply: () => undefined,
  })

  /** Somebody looks at them. */
  function look(): void {
    if (Date.now() - readAt > freshForMs) void list.load()
  }

  /** A change has been answered: the group as it is. */
  async function taken(asked: Promise<GroupAnswer | Refusal>): Promise<Group | Refusal> {
    const done = await asked
    if (isRefusal(done)) return done
    await list.load()
    return done.group
  }

  async function remove(id: string): Promise<Refusal | undefined> {
    const refused: unknown = await api.deleteGroup(id)
    await list.load()
    return isRefusal(refused) && refused.code !== 'not_found' ? refused : undefined
  }

  watch(
    () => session.user?.id,
    () => {
      answer.value = { groups: [], mayMake: false }
      readAt = 0
      list.reset()
    },
  )

  return {
    groups: computed(() => answer.value.groups),
    mayMake: computed(() => answer.value.mayMake),
    /** For a list on a page, which has one page only. */
    view: proxyRefs({
      status: list.status,
      refusal: list.refusal,
      next: null,
      isLoadingMore: false,
      load: list.load,
      more: () => undefined,
    }),
    look,
    load: list.load,
    remove,
    read: (id: string) => api.readGroup(id),
    make: (name: string) => taken(api.makeGroup(name)),
    rename: (id: string, name: string) => taken(api.renameGroup(id, name)),
    add: (id: string, name: string) => taken(api.addToGroup(id, name)),
    take: (id: string, user: string) => taken(api.takeFromGroup(id, user)),
  }
})
