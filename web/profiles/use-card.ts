// What a profile card shows and does.
import { computed, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import type { ProfileAnswer } from '../../server/protocol/profiles.ts'
import { copyText } from '../ui/copy-text.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { useLook } from '../wire/looks.ts'
import { openDirect, readPerson } from '../wire/people-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'

/** Whether this server has rooms of people who talk directly: unknown until somebody has tried. */
const hasDirects = shallowRef(true)

export function useCard(id: () => string) {
  const { t, refusal: sayRefusal } = useSay()
  const router = useRouter()
  const known = shallowRef<ProfileAnswer>()
  const refused = shallowRef<Refusal>()
  const busy = shallowRef(false)
  const look = useLook(id)

  async function load() {
    const asked = id()
    const answer = await readPerson(asked)
    if (asked !== id()) return
    refused.value = isRefusal(answer) ? answer : undefined
    if (!isRefusal(answer)) known.value = answer
  }
  watch(
    id,
    () => {
      known.value = undefined
      void load()
    },
    { immediate: true },
  )
  // When they go, since when is known only there.
  watch(
    () => look.value?.presence,
    (now, before) => before !== undefined && now !== before && void load(),
  )

  /** With how they look at this moment. */
  const person = computed(() => {
    if (known.value === undefined) return undefined
    const { status: _status, ...rest } = known.value.person
    return look.value === undefined ? known.value.person : { ...rest, ...look.value }
  })

  async function message() {
    busy.value = true
    const answer = await openDirect(id())
    busy.value = false
    if (!isRefusal(answer)) return router.push({ name: 'room', params: { id: answer.room.id } })
    if (answer.code === 'not_found' || answer.code === 'method_not_allowed') hasDirects.value = false
    tellRefused(sayRefusal(answer))
    return undefined
  }

  async function copyLink(shown: Node | null) {
    const link = new URL(router.resolve({ name: 'people', query: { person: id() } }).href, location.origin)
    if (await copyText(link.href, shown)) tellDone(t('profile.copied'))
  }

  return { known, person, refused, busy, hasDirects, load, message, copyLink }
}
