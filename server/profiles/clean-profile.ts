// What somebody says about themselves, checked and as it is kept. Pure.
import { Refused } from '../answer.ts'
import { cleanEmoji } from '../protocol/emoji.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine } from '../protocol/names.ts'
import type { ProfileChanges, Status } from '../protocol/profiles.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import { isZone } from '../protocol/quiet-hours.ts'

/** Columns of `profiles`. */
export type ProfileColumns = Partial<
  Record<
    'title' | 'pronouns' | 'about' | 'time_zone' | 'status_emoji' | 'status_text' | 'presence',
    string
  > & { status_until_ms: number | null }
>

const { titleChars, pronounsChars, aboutChars, statusChars, statusMs } = limits.profiles

/** `customKey`: of the workspace's own emoji. @throws Refused: something in it is not valid */
export function cleanProfile(
  changes: ProfileChanges,
  now: number,
  customKey: (key: string) => string | undefined,
): ProfileColumns {
  const { title, pronouns, about, timeZone, status, presence } = changes
  return {
    ...(title === undefined ? {} : { title: line(title, titleChars) }),
    ...(pronouns === undefined ? {} : { pronouns: line(pronouns, pronounsChars) }),
    ...(about === undefined ? {} : { about: line(about, aboutChars) }),
    ...(timeZone === undefined ? {} : { time_zone: zone(timeZone) }),
    ...(status === undefined ? {} : statusColumns(status, now, customKey)),
    ...(presence === undefined ? {} : { presence }),
  }
}

function line(raw: string, maxChars: number, code: ErrorCode = 'bad_profile'): string {
  const cleaned = raw.trim() === '' ? '' : cleanLine(raw, maxChars)
  if (cleaned === undefined) throw new Refused({ code })
  return cleaned
}

function zone(raw: string | null): string {
  if (raw === null || raw === '') return ''
  if (!isZone(raw)) throw new Refused({ code: 'bad_time_zone' })
  // In the spelling that everybody uses: names of zones have no case.
  return new Intl.DateTimeFormat('en', { timeZone: raw }).resolvedOptions().timeZone
}

function statusColumns(
  status: Partial<Status> | null,
  now: number,
  customKey: (key: string) => string | undefined,
): ProfileColumns {
  const { emoji: rawEmoji = '', text: rawText = '', until = null } = status ?? {}
  const emoji = rawEmoji === '' ? '' : (cleanEmoji(rawEmoji) ?? customKey(rawEmoji))
  if (emoji === undefined) throw new Refused({ code: 'bad_status', detail: 'emoji' })
  const text = line(rawText, statusChars, 'bad_status')
  const isSet = emoji !== '' || text !== ''
  if (isSet && until !== null && (until <= now || until > now + statusMs))
    throw new Refused({ code: 'bad_status_end' })
  return { status_emoji: emoji, status_text: text, status_until_ms: isSet ? until : null }
}
