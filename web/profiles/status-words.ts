// A status in words: "In a meeting, until 15:00".
import type { Status } from '../../server/protocol/profiles.ts'
import { useSay } from '../words/say.ts'

export function useStatusWords() {
  const { t, parts, time, dayTime } = useSay()
  const isToday = (at: number): boolean => new Date(at).toDateString() === new Date().toDateString()
  const until = (at: number): string => t('profile.untilTime', { when: isToday(at) ? time(at) : dayTime(at) })
  return ({ emoji, text, until: end }: Status): string =>
    parts(text || emoji, end === null ? undefined : until(end))
}
