// This person's vote in one poll: what they have chosen, what they have just clicked, and sending it. Called in the setup
// of the poll's row.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { newCid } from '../../server/protocol/cid.ts'
import type { SendAnswer } from '../../server/protocol/http.ts'
import type { Vote } from '../../server/protocol/polls.ts'
import { useConversation } from '../conversation/conversation.ts'
import type { MessageLine } from '../conversation/lines/line.ts'
import { tellRefused } from '../ui/notify.ts'
import { useQueued } from '../offline/queued.ts'
import { votes as voting } from '../wire/queued-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import type { Choices } from './gathered-asks.ts'
import { useOwnVotes } from './own-votes.ts'
import { sayUnsent } from './unsent.ts'

export function useVote(line: () => MessageLine) {
  const { user, timeline, actions } = useConversation()
  const queue = useQueued()
  const key = () => `vote ${timeline.room?.id} ${line().seq}`
  const anonymous = useAnonymousVote(line)
  const votes = computed(() => line().votes ?? [])
  const mayVote = computed(() => line().closedAt === undefined && actions.mayReact(line()))

  /** What has just been clicked: it counts until the votes say the same. */
  const clicked = shallowRef<Choices>()
  const isSending = ref(false)
  const named = computed(() => votes.value.find(({ voter }) => voter === user.id)?.choices ?? [])
  const known = computed(() => (line().poll?.anonymous ? anonymous.choices.value : named.value))
  /** Waits until the server is there, perhaps since an earlier page. */
  const waiting = computed(() => (queue.find(key())?.ask.body as { choices: Choices } | undefined)?.choices)
  const mine = computed(() => clicked.value ?? waiting.value ?? known.value)

  watch(votes, () => {
    if (!isSending.value) clicked.value = undefined
  })
  // The votes that arrive while this person's own is being sent are looked at afterwards, when it is known.
  watch([votes, isSending], () => isSending.value || anonymous.sees(votes.value), { immediate: true })

  async function choose(place: number): Promise<void> {
    if (!mayVote.value) return
    if (mine.value === undefined) {
      // Otherwise this click would drop what was chosen before.
      const learned = await anonymous.whenKnown()
      if (isRefusal(learned)) return void tellRefused(sayUnsent(learned))
    }
    clicked.value = toggled(mine.value ?? [], place)
    if (!isSending.value) await send()
  }

  function toggled(before: Choices, place: number): Choices {
    const others = line().poll?.multiple ? before.filter((one) => one !== place) : []
    return before.includes(place) ? others : [...others, place].sort((a, b) => a - b)
  }

  /** One request at a time: later clicks are sent together afterwards. */
  async function send(): Promise<void> {
    const [room, seq] = [timeline.room, line().seq]
    if (room === undefined || seq === undefined) return
    isSending.value = true
    let sent: Choices | undefined
    while (clicked.value !== undefined && clicked.value !== sent) {
      sent = clicked.value
      const body = { cid: newCid(), choices: [...sent] }
      const answer = await queue.send<SendAnswer>('vote', key(), voting(room.id, seq, body))
      if (answer === 'queued') break
      if (isRefusal(answer)) {
        tellRefused(sayUnsent(answer))
        clicked.value = undefined
        anonymous.doubt()
      } else anonymous.chose(sent)
    }
    if (line().poll?.anonymous || String(named.value) === String(sent)) clicked.value = undefined
    isSending.value = false
  }

  return { mayVote, mine: computed(() => mine.value ?? []), clicked, choose }
}

/** ... in an anonymous poll; does nothing for other polls, for people who only read, and in the past. */
function useAnonymousVote(line: () => MessageLine) {
  const { timeline, isReadOnly } = useConversation()
  const store = useOwnVotes()
  const here = computed(() => {
    const [room, { seq, poll }] = [timeline.room, line()]
    if (isReadOnly || room?.joined !== true || seq === undefined || poll?.anonymous !== true) return undefined
    return { seq, own: store.inRoom(room.id) }
  })

  let leave: (() => void) | undefined
  watch(
    here,
    (at) => {
      leave?.()
      leave = at?.own.draw(at.seq)
      at?.own.sees(at.seq, line().votes ?? [])
    },
    { immediate: true },
  )
  onScopeDispose(() => leave?.())

  return {
    /** Undefined: not known yet. Where nobody has voted, nothing is asked. */
    choices: computed(() => {
      if (here.value === undefined) return []
      const { own, seq } = here.value
      return own.of(seq) ?? ((line().votes ?? []).length === 0 ? [] : undefined)
    }),
    whenKnown: async () => here.value?.own.whenKnown(here.value.seq) ?? [],
    sees: (votes: readonly Vote[]) => here.value?.own.sees(here.value.seq, votes),
    chose: (choices: Choices) => here.value?.own.chose(here.value.seq, choices),
    doubt: () => here.value?.own.doubt(here.value.seq),
  }
}
