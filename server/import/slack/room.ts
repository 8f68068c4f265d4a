// A room in a list of a Slack export.
import { limits } from '../../protocol/limits.ts'
import { toPlain } from '../../slack/mrkdwn.ts'
import type { Names } from '../../slack/references.ts'
import { isObject, objectsOf, textOf } from '../../slack/rich-text.ts'
import type { Refuse, SourceRoom } from '../source.ts'
import { isRef } from './message.ts'
import type { RawMessage } from './words.ts'

/** A room before the names of all rooms are known. */
export interface ListedRoom extends Omit<SourceRoom, 'kind' | 'size'> {
  /** As in Slack, with its marks. */
  topic: string
  purpose: string
  /** Where it is in the export. */
  at: string
  /** Who has pinned what: refs of people by refs of messages. */
  pins: Map<string, string>
}

export function roomOf(
  raw: RawMessage,
  { ref, name, at }: { ref: string; name: string; at: string },
): ListedRoom {
  const { created, creator, members, topic, purpose } = raw
  const value = (one: unknown): string => (isObject(one) ? textOf(one['value']).trim() : '')
  return {
    ref,
    name,
    at,
    topic: value(topic),
    purpose: value(purpose),
    members: Array.isArray(members) ? members.filter(isRef) : [],
    pins: pinsOf(raw['pins'], isRef(creator) ? creator : undefined),
    ...(typeof created === 'number' && created > 0 ? { createdAt: created * 1_000 } : {}),
    ...(isRef(creator) ? { creator } : {}),
  }
}

/** Pinned messages (type C); pinned files are in messages of their own. A pin by nobody counts as the creator's. */
function pinsOf(raw: unknown, creator: string | undefined): Map<string, string> {
  const pins = new Map<string, string>()
  for (const { id, type, user } of objectsOf(raw)) {
    const by = isRef(user) ? user : creator
    if (type === 'C' && typeof id === 'string' && by !== undefined) pins.set(id, by)
  }
  return pins
}

/** The topic and the purpose as one text; the purpose is reported if both are too long for a topic here. */
export function topicOf({ topic, purpose, at }: ListedRoom, names: Names, refuse: Refuse): string {
  const [first = '', second = ''] = [topic, purpose]
    .map((text) => toPlain(text, names))
    .filter((text) => text !== '')
  if (second === '' || second === first) return first
  const both = `${first} · ${second}`
  if ([...both].length <= limits.topicChars) return both
  refuse({ place: at, why: 'its purpose is not imported: a topic here is shorter', expected: true })
  return first
}
