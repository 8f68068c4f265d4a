// What a verb of the command line is, and how its arguments are parsed.
import { parseArgs } from 'node:util'
import type { Say } from '../logging/say.ts'

export interface Option {
  type: 'string' | 'boolean'
  /** The name of its value in the help, for a string. */
  value?: string
  /** May be given several times. */
  multiple?: boolean
  about: string
}

export interface Verb {
  /** What follows `brook` in the help: "history <room>". */
  usage: string
  about: string
  /** By the word that follows the verb, for the help. `usage`: what follows that word. */
  actions?: Record<string, { usage?: string; about: string }>
  options: Record<string, Option>
  /** The maximum number of positional arguments. */
  positionals: number
  /** It runs until it is stopped: off a terminal, what it says is a log (logging/). */
  isProcess?: true
  /** Resolves to the exit code if it is neither 0 nor 1. */
  run(given: Given, at: Surroundings): Promise<number> | Promise<void>
}

export interface Given {
  positionals: string[]
  flags: Record<string, string | boolean | (string | boolean)[] | undefined>
}

export interface Surroundings {
  env: NodeJS.ProcessEnv
  /** Prints a message for the person at the terminal, separate from the output. */
  say: Say
  /** Prints a line of the output. */
  print: (line: string) => void
}

/** An invalid command line: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Parses the arguments after the verb. @throws UsageError on an unknown flag or an extra argument */
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
    if (positionals.length > verb.positionals)
      throw new UsageError(
        `unexpected argument "${positionals[verb.positionals]}". See: brook ${name} --help`,
      )
    return { positionals, flags: values as Given['flags'], help: values['help'] === true }
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) throw error
    const [first = ''] = (error as Error).message.split('. ')
    throw new UsageError(`${first.charAt(0).toLowerCase()}${first.slice(1)}. See: brook ${name} --help`)
  }
}

/** The value of a flag that takes a whole number of at least 1; undefined if it is not given. */
export function wholeFlag(given: Given, flag: string): number | undefined {
  const text = given.flags[flag]
  if (text === undefined) return undefined
  if (typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag} takes a whole number of at least 1, not "${text}"`)
}
