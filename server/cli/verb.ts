// What a verb of the command line is, and how its words are read.
import { parseArgs } from 'node:util'
import type { Say } from '../stores/say.ts'

export interface Option {
  type: 'string' | 'boolean'
  /** What its value is called in the help, for a string. */
  value?: string
  /** It may be given several times. */
  multiple?: boolean
  about: string
}

export interface Verb {
  /** What follows `brook`, for the help: "history <room>". */
  usage: string
  about: string
  options: Record<string, Option>
  /** How many words may stand beside the options. */
  words: number
  /** An exit code other than 0 and 1, where there is one. */
  run(given: Given, at: Surroundings): Promise<number> | Promise<void>
}

export interface Given {
  words: string[]
  flags: Record<string, string | boolean | (string | boolean)[] | undefined>
}

export interface Surroundings {
  env: NodeJS.ProcessEnv
  /** To the person at the terminal, never mixed with the output that was asked for. */
  say: Say
  /** A line of the output that was asked for. */
  print: (line: string) => void
}

/** A command line that cannot be understood: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Reads the words after the verb. Throws a UsageError on an unknown flag or a word too many. */
export function readGiven(name: string, verb: Verb, args: string[]): Given & { help: boolean } {
  try {
    const options = Object.entries(verb.options).map(
      ([flag, { type, multiple = false }]) => [flag, { type, multiple }] as const,
    )
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...Object.fromEntries(options), help: { type: 'boolean', short: 'h' } },
    })
    if (positionals.length > verb.words)
      throw new UsageError(`unexpected "${positionals[verb.words]}". See: brook ${name} --help`)
    return { words: positionals, flags: values as Given['flags'], help: values['help'] === true }
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) throw error
    const [first = ''] = (error as Error).message.split('. ')
    throw new UsageError(`${first.charAt(0).toLowerCase()}${first.slice(1)}. See: brook ${name} --help`)
  }
}

/** A flag's whole number of at least 1, or what is usual. */
export function wholeFlag(given: Given, flag: string): number | undefined {
  const text = given.flags[flag]
  if (text === undefined) return undefined
  if (typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag} takes a whole number of at least 1, not "${text}"`)
}
