// The status one is about to set, and setting it.
import { computed, ref, shallowRef } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import { charsIn } from '../../server/protocol/names.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { useOwnLook } from '../wire/looks.ts'
import { useQueued } from '../offline/queued.ts'
import { setsStatus } from '../wire/queued-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'
import { nextHour } from '../times/times.ts'
import { endOf, type End } from './status-ends.ts'

/** What people say most, with how long it usually lasts. */
export const suggestions = [
  { words: 'meeting', emoji: '📅', end: 'hour' },
  { words: 'focus', emoji: '🎧', end: 'hour' },
  { words: 'lunch', emoji: '🍽️', end: 'hour' },
  { words: 'sick', emoji: '🤒', end: 'today' },
  { words: 'away', emoji: '🌴', end: 'never' },
] as const satisfies { words: string; emoji: string; end: End }[]

export const isStatusOpen = ref(false)

export function useStatus() {
  const { t, firstWeekday, refusal: sayRefusal } = useSay()
  const own = useOwnLook()
  const queue = useQueued()
  const emoji = ref('')
  const text = ref('')
  const end = ref<End>('today')
  const time = ref<number>()
  const busy = ref(false)
  const refusal = shallowRef<Refusal>()
  const left = computed(() => limits.profiles.statusChars - charsIn(text.value))
  const isEmpty = computed(() => emoji.value === '' && text.value.trim() === '')

  /** As it is now. */
  function begin() {
    const status = own.value?.status
    emoji.value = status?.emoji ?? ''
    text.value = status?.text ?? ''
    end.value = status === undefined ? 'today' : status.until === null ? 'never' : 'time'
    time.value = status?.until ?? nextHour(Date.now())
    refusal.value = undefined
  }

  function suggest({ words, emoji: face, end: usual }: (typeof suggestions)[number]) {
    emoji.value = face
    text.value = t(`profile.status.${words}`)
    end.value = usual
  }

  /** True: it is set, or cleared. */
  async function save(isCleared = false): Promise<boolean> {
    const isNone = isCleared || isEmpty.value
    const until = endOf(end.value, new Date(), { chosen: time.value, firstWeekday: firstWeekday.value })
    if (!isNone && until === undefined) {
      refusal.value = { code: 'bad_status_end' }
      return false
    }
    const status = isNone ? null : { emoji: emoji.value, text: text.value, until: until ?? null }
    busy.value = true
    const answer = await queue.send('status', 'status', setsStatus(status))
    busy.value = false
    if (answer === 'queued') {
      tellDone(t('offline.queued'))
      return true
    }
    if (isRefusal(answer)) {
      refusal.value = answer
      if (isCleared) tellRefused(sayRefusal(answer))
      return false
    }
    tellDone(t(isNone ? 'profile.status.cleared' : 'profile.status.isSet'))
    return true
  }

  return { own, emoji, text, end, time, busy, refusal, left, isEmpty, begin, suggest, save }
}
