// What the quick switcher knows of, and what becomes of a choice.
import { computed, proxyRefs, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useRooms } from '../rooms/rooms.ts'
import { write } from '../search/completing.ts'
import { listMembers } from '../wire/api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'
import type { Choice, Known, PlaceOffer } from './choices.ts'
import { useRecent } from './recent.ts'

interface Doors {
  owner: string
  here: () => string | undefined
  isOpen: () => boolean
  go: (room: string) => unknown
  join: (room: string) => unknown
  create: (name: string) => unknown
  goToDate: () => unknown
  help: () => unknown
}

/** Pages that are offered where the app has them, by the names of their routes. */
const pages = ['mentions', 'threads', 'saved', 'search'] as const

export function useSwitcher(doors: Doors) {
  const rooms = useRooms()
  const router = useRouter()
  const { t } = useSay()
  const { recent, visit } = useRecent(doors.owner)
  watch(doors.here, (room) => room !== undefined && visit(room), { immediate: true })

  /** People are those of the room on screen, or the last one that was: asked for as the switcher opens. */
  const people = shallowRef<readonly string[]>([])
  watch(doors.isOpen, async (is) => {
    if (!is) return
    void rooms.reload()
    const room = doors.here() ?? recent.value[0]
    const answer = room === undefined ? undefined : await listMembers(room)
    if (answer !== undefined && !isRefusal(answer)) people.value = answer.members.map(({ name }) => name)
  })

  const places = computed<PlaceOffer[]>(() => [
    ...(doors.here() === undefined ? [] : [{ key: 'date', words: t('switcher.places.date') }]),
    ...pages
      .filter((name) => router.hasRoute(name))
      .map((name) => ({ key: name, words: t(`switcher.places.${name}`) })),
    { key: 'keys', words: t('switcher.places.keys') },
  ])
  const known = computed<Known>(() => ({
    joined: rooms.joined,
    open: rooms.open,
    here: doors.here(),
    recent: recent.value,
    people: people.value,
    places: places.value,
  }))

  const find = (q: string) => router.push({ name: 'search', query: { q } })
  function choose(choice: Choice): void {
    switch (choice.kind) {
      case 'room':
        return void doors.go(choice.room.id)
      case 'join':
        return void doors.join(choice.room.id)
      case 'create':
        return void doors.create(choice.name)
      case 'person':
        return void find(write(t('search.sign.from'), choice.name))
      case 'search':
        return void find(choice.name)
      case 'place':
        if (choice.place === 'date') return void doors.goToDate()
        if (choice.place === 'keys') return void doors.help()
        return void router.push({ name: choice.place })
    }
  }
  return proxyRefs({ known, choose })
}
