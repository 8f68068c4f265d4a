// Code as Markdown, whatever it contains. Pure.

const longestRun = (code: string): number =>
  (code.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0)

/** Code within a line. Markdown takes one space from either end if both have one. */
export function codeSpan(code: string): string {
  const ticks = '`'.repeat(code.includes('`') ? longestRun(code) + 1 : 1)
  const isSpaced = code.startsWith(' ') && code.endsWith(' ') && code.trim() !== ''
  const isPadded = isSpaced || code.startsWith('`') || code.endsWith('`')
  return isPadded ? `${ticks} ${code} ${ticks}` : ticks + code + ticks
}

/** A block of code, on lines of its own. */
export function codeBlock(code: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(code) + 1))
  return `${ticks}\n${code.replace(/^\n|\n$/g, '')}\n${ticks}`
}
