// An entry of the audit log in words.
import { auditKinds, type AuditAbout, type AuditKind } from '../../../server/protocol/audit.ts'
import { isolate } from '../../words/isolate.ts'
import { t } from '../../words/words.ts'
import { sayChanged } from './changed-words.ts'

const known: ReadonlySet<string> = new Set(auditKinds)
export const isKnown = (kind: string): kind is AuditKind => known.has(kind)

/** Of a kind that a later version has: its name. */
export const sayKind = (kind: string): string =>
  isKnown(kind) ? t(`audit.kinds.${kind}`) : kind.replaceAll('_', ' ')

function sayRole(role: string): string {
  return role === 'owner' || role === 'moderator' ? t(`people.${role}`) : t('audit.member')
}

/** Whom and what it is about, each part by itself. `dayTime` says a time. */
export function sayAbout(kind: string, about: AuditAbout, dayTime: (at: number) => string): string[] {
  const { person, room, network, name, reason, until, role, messages, changed = {} } = about
  return [
    ...(person === undefined || person.name === '' ? [] : [isolate(person.name)]),
    ...(room?.name === undefined ? [] : [isolate(`# ${room.name}`)]),
    ...(network === undefined ? [] : [network]),
    ...(name === undefined ? [] : [isolate(name)]),
    ...(role === undefined ? [] : [sayRole(role)]),
    ...(messages === undefined ? [] : [t('audit.messages', { n: String(messages) }, messages)]),
    // Older entries say what was not chosen.
    ...Object.entries(changed)
      .filter(([key, value]) => !(key === 'secondFactor' && value === false))
      .map(([key, value]) => sayChanged(kind, key, value)),
    ...(until === undefined ? [] : [t('manage.until', { when: dayTime(until) })]),
    ...(reason === undefined ? [] : [isolate(reason)]),
  ]
}
