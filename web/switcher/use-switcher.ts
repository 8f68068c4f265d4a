// What the quick switcher knows, and what a choice does.
import { refDebounced } from '@vueuse/core'
import { computed, proxyRefs, ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useRooms } from '../rooms/rooms.ts'
import { useDirects } from '../directs/use-directs.ts'
import { listMembers } from '../wire/api.ts'
import { listPeople } from '../wire/people-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'
import { peopleWords, type Choice, type Known, type PlaceOffer } from './choices.ts'
import { useRecent } from './recent.ts'

/** The connection tells of what is new; a list of thousands of rooms is asked for again only after this. */
const freshMs = 60_000
/** After a pause in typing. */
const askAfterMs = 150

interface SwitcherDeps {
  owner: string
  here: () => string | undefined
  isOpen: () => boolean
  go: (room: string) => unknown
  join: (room: string) => unknown
  create: (name: string) => unknown
  goToDate: () => unknown
  help: () => unknown
}

/** Pages that are offered if the app has them, by the names of their routes. */
const pages = ['inbox', 'mentions', 'threads', 'saved', 'search'] as const

/** Does it again only once what it brought is old. */
function seldom(load: () => unknown): () => void {
  let loadedAt = -Infinity
  return () => {
    if (Date.now() - loadedAt < freshMs) return
    loadedAt = Date.now()
    void load()
  }
}

export function useSwitcher(deps: SwitcherDeps) {
  const rooms = useRooms()
  const router = useRouter()
  const { t } = useSay()
  const { recent, visit } = useRecent(deps.owner)
  watch(deps.here, (room) => room !== undefined && visit(room), { immediate: true })

  /**
   * By name: the first people of the workspace and those of the room on screen, or of the last one, loaded when it opens; and those
   * whom the server finds by what is typed.
   */
  const people = shallowRef<ReadonlyMap<string, string>>(new Map())
  const directs = useDirects()
  const reload = seldom(rooms.reload)
  watch(deps.isOpen, async (is) => {
    if (!is) return
    reload()
    people.value = new Map()
    const room = deps.here() ?? recent.value[0]
    const [all, near] = await Promise.all([
      listPeople(''),
      room === undefined ? undefined : listMembers(room),
    ])
    const found = [
      ...(isRefusal(all) ? [] : all.people),
      ...(near === undefined || isRefusal(near) ? [] : near.members),
    ]
    meet(found)
  })
  function meet(found: readonly { id: string; name: string; bot?: boolean }[]): void {
    const more = found.flatMap(({ id, name, bot }) => (bot === true ? [] : [[name, id] as const]))
    people.value = new Map([...people.value, ...more])
  }

  const typed = ref('')
  watch(refDebounced(typed, askAfterMs), async (now) => {
    const words = peopleWords(now)
    if (words === '' || !deps.isOpen()) return
    const answer = await listPeople(words)
    if (!isRefusal(answer)) meet(answer.people)
  })

  const places = computed<PlaceOffer[]>(() => [
    ...(deps.here() === undefined ? [] : [{ key: 'date', words: t('switcher.places.date') }]),
    ...pages
      .filter((name) => router.hasRoute(name))
      .map((name) => ({ key: name, words: t(`switcher.places.${name}`) })),
    { key: 'keys', words: t('switcher.places.keys') },
  ])
  const known = computed<Known>(() => ({
    joined: rooms.joined,
    open: rooms.open,
    here: deps.here(),
    recent: recent.value,
    people: [...people.value.keys()],
    places: places.value,
  }))

  const find = (q: string) => router.push({ name: 'search', query: { q } })
  function choose(choice: Choice): void {
    switch (choice.kind) {
      case 'room':
        return void deps.go(choice.room.id)
      case 'join':
        return void deps.join(choice.room.id)
      case 'create':
        return void deps.create(choice.name)
      case 'person':
        return void directs.openOrTell([people.value.get(choice.name) ?? ''])
      case 'search':
        return void find(choice.name)
      case 'place':
        if (choice.place === 'date') return void deps.goToDate()
        if (choice.place === 'keys') return void deps.help()
        return void router.push({ name: choice.place })
    }
  }
  /** As the switcher takes it: what it knows, and what it does. */
  return proxyRefs({ known, onChoose: choose, onTyped: (words: string) => void (typed.value = words) })
}
