// What names one, over all rooms: pages of it, newest first, kept true by what is told while it is on screen.
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { EffectEvent } from '../../server/protocol/events.ts'
import type { MentionsAnswer, Message, SpokenMessage } from '../../server/protocol/http.ts'
import { targetOf, withChange } from '../../server/protocol/timeline.ts'
import { names } from '../rooms/named.ts'
import { mentions as ask } from '../wire/api.ts'
import type { Feed } from '../wire/feed.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { Told } from '../wire/told.ts'

export interface Named {
  room: string
  /** As the server saw it. */
  unread: boolean
  message: SpokenMessage
}

export interface MentionsDoors {
  own: string
  feed: Pick<Feed, 'listen'>
  fetch?: (before?: string) => Promise<MentionsAnswer | Refusal>
}

export function useMentions({ own, feed, fetch = ask }: MentionsDoors) {
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const list = shallowRef<readonly Named[]>([])
  const next = shallowRef<string | null>(null)
  const refusal = shallowRef<Refusal>()
  const isLoadingMore = ref(false)
  let asked = 0
  /** What was told since the newest page was asked for: the page may be older. */
  let meanwhile: Told[] | undefined

  /** Loads the newest page, for the first time or again. */
  async function load(): Promise<void> {
    const turn = ++asked
    isLoadingMore.value = false
    if (status.value === 'failed') status.value = 'loading'
    meanwhile = []
    const page = await fetch()
    if (turn !== asked) return
    const told = meanwhile
    meanwhile = undefined
    refusal.value = isRefusal(page) ? page : undefined
    if (isRefusal(page)) {
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    join(page)
    status.value = 'ready'
    told.forEach(change)
  }

  /** The newest page over what is there: older ones stay where the two meet. */
  function join(page: MentionsAnswer): void {
    const edge = page.mentions.at(-1)
    const meets = edge !== undefined && list.value.some((one) => keyOf(one) === keyOf(edge))
    const older = meets && edge !== undefined ? list.value.filter((one) => compare(one, edge) < 0) : []
    list.value = [...page.mentions, ...older]
    if (older.length === 0) next.value = page.next
  }

  async function more(): Promise<void> {
    if (isLoadingMore.value || next.value === null) return
    const turn = asked
    isLoadingMore.value = true
    const page = await fetch(next.value)
    if (turn !== asked) return
    isLoadingMore.value = false
    refusal.value = isRefusal(page) ? page : undefined
    if (isRefusal(page)) return
    const known = new Set(list.value.map(keyOf))
    list.value = [...list.value, ...page.mentions.filter((one) => !known.has(keyOf(one)))]
    next.value = page.next
  }

  function hear(told: Told): void {
    // What was missed is not told again; the newest page has it.
    if (told.type === 'welcome') return void load()
    meanwhile?.push(told)
    if (status.value === 'ready') change(told)
  }

  function change(told: Told): void {
    if (told.type === 'gone') list.value = list.value.filter(({ room }) => room !== told.room)
    if (told.type !== 'entries') return
    for (const message of told.messages) take(told.room, message)
    for (const one of told.changes) fold(told.room, one)
  }

  /** A message as it stands: new here, changed, or naming one no more. */
  function take(room: string, message: Message): void {
    if (message.kind !== 'message') return
    const key = keyOf({ room, message })
    const known = list.value.find((one) => keyOf(one) === key)
    if (known !== undefined && known.message.updatedSeq > message.updatedSeq) return
    const others = list.value.filter((one) => one !== known)
    const named: Named = { room, unread: known?.unread ?? true, message }
    const edge = list.value.at(-1)
    // Below the edge of what is loaded it comes with its page.
    const isAbove = next.value === null || edge === undefined || compare(named, edge) > 0
    if (!names(message, own)) list.value = known === undefined ? list.value : others
    else if (known !== undefined || isAbove) list.value = [...others, named].sort((a, b) => compare(b, a))
  }

  function fold(room: string, one: EffectEvent): void {
    const known = list.value.find(({ room: at, message }) => at === room && message.seq === targetOf(one))
    const next = known && withChange(known.message, one)
    if (next?.kind === 'message') take(room, next)
    // A name added to a message that is not here.
    else if (one.type === 'edited' && one.mentions?.some(({ ids }) => ids.includes(own)) === true) void load()
  }

  const stop = feed.listen(hear)
  onScopeDispose(() => {
    asked += 1
    stop()
  })
  void load()
  return { status, list, next, refusal, isLoadingMore, load, more }
}

interface Place {
  room: string
  message: Pick<SpokenMessage, 'seq' | 'at'>
}
const keyOf = ({ room, message }: Place): string => `${room} ${message.seq}`

/** The order of the server's pages. */
const compare = (a: Place, b: Place): number =>
  a.message.at - b.message.at || Number(a.room) - Number(b.room) || a.message.seq - b.message.seq
