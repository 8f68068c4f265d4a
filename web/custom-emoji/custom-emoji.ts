// Keeps the list of the workspace's own emoji up to date: the welcome and an event name its version, and it is read when that is
// another one. Changes are made here.
import { defineStore } from 'pinia'
import { computed, proxyRefs, ref, watch } from 'vue'
import type {
  CustomEmoji,
  CustomEmojiAnswer,
  CustomEmojiBody,
  CustomEmojiListAnswer,
} from '../../server/protocol/custom-emoji.ts'
import { useSession } from '../account/session.ts'
import * as api from '../wire/custom-emoji-api.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { knownEmoji, setKnownEmoji } from './known.ts'

export const useCustomEmoji = defineStore('custom emoji', () => {
  const session = useSession()
  const link = useLink()
  const mayAdd = ref(false)
  /** Of what is shown. */
  let version = ''
  const list = liveList<CustomEmojiListAnswer, never>({
    ask: api.listEmoji,
    show: (answer) => {
      setKnownEmoji(answer.emoji)
      mayAdd.value = answer.mayAdd
      version = answer.version
    },
    apply: () => undefined,
  })

  function hear(event: FeedEvent): void {
    if (event.type !== 'welcome' && event.type !== 'custom_emoji') return
    const now = event.type === 'welcome' ? (event.emoji ?? '') : event.version
    if (now === version) return
    // Nobody asks for an empty list; who may add one is asked when somebody looks.
    if (now === '') {
      setKnownEmoji([])
      version = ''
      list.missed()
    } else list.loadSoon()
  }
  link.feed.listen(hear)

  async function taken(asked: Promise<CustomEmojiAnswer | Refusal>): Promise<CustomEmoji | Refusal> {
    const done = await asked
    if (isRefusal(done)) return done
    await list.load()
    return done.emoji
  }
  async function remove(id: string): Promise<Refusal | undefined> {
    const refused: unknown = await api.removeEmoji(id)
    await list.load()
    return isRefusal(refused) && refused.code !== 'not_found' ? refused : undefined
  }

  watch(
    () => session.user?.id,
    () => {
      setKnownEmoji([])
      mayAdd.value = false
      version = ''
      list.reset()
    },
  )

  return {
    all: knownEmoji,
    /** Who uses them: the picker is also shown outside of conversations. */
    ownId: computed(() => session.user?.id ?? ''),
    mayAdd: computed(() => mayAdd.value),
    view: proxyRefs({ status: list.status, refusal: list.refusal, load: list.load }),
    /** Somebody looks at them. */
    look: list.look,
    load: list.load,
    remove,
    add: (name: string, image: Blob) => taken(api.addEmoji(name, image)),
    change: (id: string, body: CustomEmojiBody) => taken(api.changeEmoji(id, body)),
  }
})
