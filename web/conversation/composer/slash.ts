// Parses a line that begins with a slash. Pure.
import type { OfferedCommand } from '../../../server/protocol/http.ts'

export type Typed = { say: string } | { name: string; args: string }

/** `/name args` is a command; `//` sends the rest with one slash; everything else is sent as it is. */
export function readTyped(text: string): Typed {
  if (text.startsWith('//')) return { say: text.slice(1) }
  const [, name, args = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? []
  return name === undefined ? { say: text } : { name: name.toLowerCase(), args: args.trim() }
}

/** What is typed to send exactly `text`. */
export const typedAs = (text: string): string => (text.startsWith('/') ? `/${text}` : text)

/** The partial command name while nothing follows it; undefined if no name is being typed. */
export const nameBeing = (text: string): string | undefined => /^\/([^\s/]*)$/.exec(text)?.[1]?.toLowerCase()

/** Names that begin with it first, then names that contain it; each group in its order. */
export function matching(commands: readonly OfferedCommand[], being: string): OfferedCommand[] {
  const begin = commands.filter(({ name }) => name.startsWith(being))
  const have = commands.filter(({ name }) => !name.startsWith(being) && name.includes(being))
  return [...begin, ...have]
}
