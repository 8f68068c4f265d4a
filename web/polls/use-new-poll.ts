// A poll that is being written: its fields, what is wrong with them, and creating it. The fields stay until the server
// has it.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { charsIn, nameKey } from '../../server/protocol/names.ts'
import { useConversation } from '../conversation/conversation.ts'
import { showNewest } from '../conversation/list/list-control.ts'
import { useQueued } from '../offline/queued.ts'
import { tellDone } from '../ui/notify.ts'
import { makesPoll } from '../wire/queued-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { sayRefusal } from '../words/refused.ts'
import { t } from '../words/words.ts'

const { min, max, chars } = limits.polls
const hour = 3_600_000
/** How long a poll is open, in ms. */
export const lasts = {
  never: undefined,
  hour,
  day: 24 * hour,
  days: 3 * 24 * hour,
  week: 7 * 24 * hour,
} as const

interface Fields {
  question: string
  answers: string[]
  multiple: boolean
  anonymous: boolean
  end: keyof typeof lasts
}

const empty = (): Fields => ({
  question: '',
  answers: Array.from({ length: min }, () => ''),
  multiple: false,
  anonymous: false,
  end: 'never',
})

/** Of a line that the server will write with single spaces. */
const leftOf = (line: string): number => chars - charsIn(line.replace(/\s+/gu, ' '))

export function useNewPoll() {
  const { timeline, list, thread } = useConversation()
  const queue = useQueued()
  const fields = reactive(empty())
  const filled = computed(() =>
    fields.answers.map((answer) => answer.trim()).filter((answer) => answer !== ''),
  )
  const cid = ref(newCid())
  const busy = ref(false)
  const isTried = ref(false)
  const refusal = shallowRef<Refusal>()

  watch(fields, () => {
    // There is always an empty line for one more answer.
    if (fields.answers.at(-1)?.trim() !== '' && fields.answers.length < max) fields.answers.push('')
    refusal.value = undefined
    // Sent again without a change, it is the same poll.
    cid.value = newCid()
  })

  const questionLeft = computed(() => leftOf(fields.question))
  const aboutQuestion = computed(() =>
    isTried.value && fields.question.trim() === '' ? t('polls.problem.noQuestion') : undefined,
  )
  const aboutAnswers = computed(() => {
    if (filled.value.some((answer) => leftOf(answer) < 0)) return t('polls.tooLong', { n: chars })
    if (isTried.value && filled.value.length < min) return t('polls.problem.tooFew')
    return new Set(filled.value.map(nameKey)).size < filled.value.length ? t('polls.problem.same') : undefined
  })
  const aboutAll = computed(() => refusal.value && sayRefusal(refusal.value))

  /** True once the server has it. */
  async function create(): Promise<boolean> {
    isTried.value = true
    const room = timeline.room?.id
    if (busy.value || room === undefined) return false
    if (aboutQuestion.value !== undefined || questionLeft.value < 0 || aboutAnswers.value !== undefined)
      return false
    busy.value = true
    const { question, multiple, anonymous, end } = fields
    const asked = { cid: cid.value, question, options: filled.value, multiple, anonymous }
    const body = {
      ...asked,
      ...(lasts[end] === undefined ? {} : { lastsMs: lasts[end] }),
      ...(thread === undefined ? {} : { thread }),
    }
    const answer = await queue.send('poll', `poll ${room} ${cid.value}`, makesPoll(room, body))
    busy.value = false
    if (answer === 'queued') tellDone(t('offline.queuedPoll'))
    // What waits for review was taken: its author is told what becomes of it.
    const isTaken = !isRefusal(answer) || answer.code === 'held_for_review'
    refusal.value = isRefusal(answer) && !isTaken ? answer : undefined
    if (refusal.value !== undefined) return false
    void showNewest(timeline, list)
    Object.assign(fields, empty())
    cid.value = newCid()
    isTried.value = false
    return true
  }

  /** What was wrong is no longer shown. */
  function forgetErrors(): void {
    refusal.value = undefined
    isTried.value = false
  }

  return { fields, busy, questionLeft, aboutQuestion, aboutAnswers, aboutAll, create, forgetErrors }
}
