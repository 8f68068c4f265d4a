// What a cid was used for, in a few characters that stand beside its number: asked again for the same it has the same answer,
// asked for something else it is refused. Pure.
import type { Draft } from './entry.ts'

/** Room, type and a hash of what it says. What the server adds is no part of it: a name may mean somebody else by now. */
export function cidUse({ room, body, firstStands }: Pick<Draft, 'room' | 'body' | 'firstStands'>): string {
  if (firstStands === true) return archivedUse(room, body.type)
  const { type, ...rest } = body
  if ('mentions' in rest) delete rest.mentions
  if ('dueAt' in rest) delete rest.dueAt
  const files = 'files' in rest ? { files: rest.files?.map(({ id }) => id) } : {}
  return `${room}:${type}:${hash(JSON.stringify({ ...rest, ...files }))}`
}

/** ... of an entry of which MySQL alone knows: what it says may have been changed since, so its hash is left out. */
export const archivedUse = (room: string, type: string): string => `${room}:${type}:`

/** `kept`: what stands beside the number; undefined in what an older version wrote. */
export function isSameUse(kept: string | undefined, asked: string): boolean {
  if (kept === undefined || kept === asked) return true
  return kept.endsWith(':') && asked.startsWith(kept)
}

/** FNV-1a of the UTF-16 units, 32 bits: two texts that happen to share it are taken for one, as before. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return (value >>> 0).toString(36)
}
