// What a line that begins with a slash means. Pure.
import type { OfferedCommand } from '../../server/protocol/http.ts'

export type Typed = { say: string } | { name: string; args: string }

/** `/name args` asks for a command; `//` says the rest with one slash; everything else is said as it is. */
export function readTyped(text: string): Typed {
  if (text.startsWith('//')) return { say: text.slice(1) }
  const [, name, args = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? []
  return name === undefined ? { say: text } : { name: name.toLowerCase(), args: args.trim() }
}

/** What has been typed of a command's name while nothing follows it; undefined when no name is being typed. */
export const nameBeing = (text: string): string | undefined => /^\/([^\s/]*)$/.exec(text)?.[1]?.toLowerCase()

/** Those that begin with it first, then those that have it anywhere; each in their order. */
export function matching(commands: readonly OfferedCommand[], being: string): OfferedCommand[] {
  const begin = commands.filter(({ name }) => name.startsWith(being))
  const have = commands.filter(({ name }) => !name.startsWith(being) && name.includes(being))
  return [...begin, ...have]
}
