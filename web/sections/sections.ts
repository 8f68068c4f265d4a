// The sections of this person's list of rooms, the same on all their devices. A change shows at once, and is taken back if the
// server refuses it.
import { defineStore } from 'pinia'
import { computed, shallowReactive, shallowRef, watch } from 'vue'
import { isUsual, usualSections, usualSort } from '../../server/protocol/section-kinds.ts'
import type { Section, SectionBody, SectionsAnswer } from '../../server/protocol/sections.ts'
import { useSession } from '../account/session.ts'
import { useRooms } from '../rooms/rooms.ts'
import { tellRefused, tellUndoable } from '../ui/notify.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import * as api from '../wire/section-api.ts'
import { sayRefusal } from '../words/refused.ts'
import { isolate } from '../words/say.ts'
import { t } from '../words/words.ts'
import { arrange } from './arrange.ts'

const usualOnly: readonly Section[] = usualSections.map((id) => ({
  id,
  name: null,
  folded: false,
  sort: usualSort(id),
  rooms: [],
}))

export const useSections = defineStore('sections', () => {
  const session = useSession()
  const link = useLink()
  const rooms = useRooms()
  const known = shallowRef<readonly Section[]>(usualOnly)
  /** Deleted, as long as it can be undone. */
  const leaving = shallowReactive(new Set<string>())
  /** Own changes that have no answer yet: what is read meanwhile may be older. */
  let changing = 0
  const list = liveList<SectionsAnswer, never>({
    ask: api.listSections,
    show: ({ sections }) => {
      if (changing > 0) return
      known.value = sections
      keep(session.user?.id, sections)
    },
    apply: () => undefined,
  })
  const sections = computed(() => known.value.filter(({ id }) => !leaving.has(id)))
  const arranged = computed(() => arrange(rooms.joined, sections.value))

  async function change(id: string, query: SectionBody): Promise<Refusal | undefined> {
    known.value = changed(known.value, id, query)
    changing += 1
    const answer = await api.changeSection(id, query)
    changing -= 1
    if (changing === 0) void list.load()
    return isRefusal(answer) ? answer : undefined
  }

  /** The same, for what has no form that could say why it was refused. */
  const set = (id: string, query: SectionBody): Promise<void> => change(id, query).then(tellIfRefused)

  async function make(name: string): Promise<Section | Refusal> {
    const answer = await api.makeSection(name)
    if (isRefusal(answer)) return answer
    await list.load()
    return answer.section
  }

  /** Its rooms are in none, and it is gone once nobody takes that back. */
  function remove({ id, name }: Section): void {
    leaving.add(id)
    const settle = async () => {
      const answer = await api.deleteSection(id)
      await list.load()
      leaving.delete(id)
      tellIfRefused(isRefusal(answer) && answer.code !== 'no_such_section' ? answer : undefined)
    }
    tellUndoable(t('sections.deleted', { section: isolate(name ?? '') }), [
      { undo: () => leaving.delete(id), settle: () => void settle() },
    ])
  }

  link.feed.listen((event) => {
    if (event.type === 'sections') void list.load()
    else if (event.type === 'welcome') list.loadSoon()
  })
  watch(
    () => session.user?.id,
    (user) => {
      known.value = keptOf(user)
      leaving.clear()
      list.reset()
      if (user !== undefined) list.loadOnceConnected()
    },
    { immediate: true },
  )

  return {
    sections,
    own: computed(() => sections.value.filter(({ id }) => !isUsual(id))),
    arranged,
    change,
    set,
    make,
    remove,
  }
})

const tellIfRefused = (why: Refusal | undefined): void =>
  why === undefined ? undefined : tellRefused(sayRefusal(why))

function changed(sections: readonly Section[], id: string, { place, ...others }: SectionBody): Section[] {
  const after = sections.map((one) => (one.id === id ? { ...one, ...others } : one))
  const moved = after.find((one) => one.id === id)
  if (place === undefined || moved === undefined) return after
  const own = after.filter((one) => !isUsual(one.id) && one !== moved).toSpliced(place, 0, moved)
  const [first, ...rest] = after.filter((one) => isUsual(one.id))
  return [...(first === undefined ? [] : [first]), ...own, ...rest]
}

const keyOf = (user: string): string => `brook.sections.${user}`

/** As they were last: the list does not jump while it loads. */
function keptOf(user: string | undefined): readonly Section[] {
  try {
    const text = user === undefined ? null : localStorage.getItem(keyOf(user))
    return text === null ? usualOnly : (JSON.parse(text) as Section[])
  } catch {
    return usualOnly
  }
}

function keep(user: string | undefined, sections: readonly Section[]): void {
  if (user === undefined) return
  try {
    localStorage.setItem(keyOf(user), JSON.stringify(sections))
  } catch {
    // Without storage the list is as usual until it is loaded.
  }
}
