// What was changed, in words. What has none, such as the word of a rule or a setting of a later version, is shown as it is.
import { caseActs } from '../../../server/protocol/reports.ts'
import { count, lasting } from '../../words/figures.ts'
import { isolate } from '../../words/isolate.ts'
import { t } from '../../words/words.ts'

const fields = [
  'name',
  'signUp',
  'guests',
  'askToJoin',
  'mailDomains',
  'createRooms',
  'setTopics',
  'postLinks',
  'bringIn',
  'beginDirects',
  'mentionAll',
  'newForMs',
  'retentionDays',
  'offlineDays',
  'adminsNeedFactor',
  'secondFactor',
  'holdLinksMs',
  'revisions',
  'visibility',
  'speak',
  'slowMs',
  'archived',
  'messages',
  'groups',
  'emoji',
  'aliases',
  'icon',
  'iconHue',
  'picture',
  'linkCards',
  'linkCardsBlocked',
] as const
const values = [
  'open',
  'invite',
  'closed',
  'everyone',
  'moderators',
  'nobody',
  'public',
  'private',
  'keep',
  'delete',
  'refuse',
  'hold',
  'removed',
  'admins',
  'members',
] as const

const among = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  (names as readonly string[]).includes(name)

function sayValue(field: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return t(value ? 'audit.yes' : 'audit.no')
  if (typeof value === 'number') {
    if (field === 'offlineDays') return t('access.offlineDays', { n: count(value) }, value)
    if (field === 'retentionDays') return t('settings.keepDays', { n: count(value) }, value)
    if (!field.endsWith('Ms')) return count(value)
    return value === 0 ? t('settings.slowOff') : lasting(value)
  }
  return field !== 'name' && among(values, value) ? t(`audit.values.${value}`) : isolate(value)
}

const sayAct = (act: string, isHeld: boolean): string =>
  among(caseActs, act) ? t(`reports.did.${act}`) : t(isHeld ? 'reports.didDrop' : 'reports.didNothing')

/** `kind`: of the entry. */
export function sayChanged(kind: string, field: string, value: string | number | boolean): string {
  // What was done about a report.
  if (field === 'acts') {
    const acts = String(value).split(', ')
    return acts.map((act) => sayAct(act, kind === 'held_handled')).join(' · ')
  }
  const said = sayValue(field, value)
  return among(fields, field) ? t(`audit.fields.${field}`, { value: said }) : `${field}: ${said}`
}
