// Entries in the form before they were packed, as an older version wrote them: what an upgrade finds in the stream.
import type { Draft } from '../../server/log/entry.ts'

/** The fields of a draft, each name before its value; its number is added as `seq`. */
export function flatFields({ room, user, cid, body }: Draft): string[] {
  const { type, ...rest } = body
  const fields: Record<string, string> = { room, type, user: user.id, name: user.name, cid }
  fields['body'] = JSON.stringify(rest)
  if (user.bot === true) fields['bot'] = '1'
  if (user.icon !== undefined) fields['icon'] = user.icon
  return Object.entries(fields).flat()
}
