// The form of an entry before packed.ts: each part is a field of its own, the body is JSON. Nothing writes it any more;
// streams and dead letters of an upgraded server still hold it.
import { objectOf, parsed, type Envelope } from './packed.ts'

/** `flat`: each field's name before its value; what is not known is passed over. */
export function flatEnvelope(flat: readonly string[]): Envelope {
  const fields: Record<string, string | undefined> = {}
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? ''
    if (known.has(name)) fields[name] = flat[i + 1]
  }
  const { room, type, user, name, cid, bot, icon, body } = fields
  return {
    room,
    type,
    user,
    name,
    cid,
    icon,
    isBot: bot !== undefined,
    body: objectOf(parsed(body ?? 'null')),
  }
}

const known: ReadonlySet<string> = new Set(['room', 'type', 'user', 'name', 'cid', 'body', 'bot', 'icon'])
