// A status in words: "In a meeting, until 15:00".
import type { Status } from '../../server/protocol/profiles.ts'
import { useSay } from '../words/say.ts'

export function useStatusWords() {
  const { t, parts, time, dayTime } = useSay()
  /** The time says enough. */
  const isSoon = (at: number): boolean => at - Date.now() < 20 * 60 * 60_000
  const until = (at: number): string => t('profile.untilTime', { when: isSoon(at) ? time(at) : dayTime(at) })
  return ({ emoji, text, until: end }: Status): string =>
    parts(text || emoji, end === null ? undefined : until(end))
}
