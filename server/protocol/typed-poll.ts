// A poll as it is typed after `/poll`: "question | a | b", and what is wrong with it. Pure; the server refuses by it, and
// the browser explains it in its own language.
import { limits } from './limits.ts'
import { cleanLine, nameKey } from './names.ts'

const { min, max, chars } = limits.polls

export type PollProblem = 'noQuestion' | 'tooFew' | 'tooMany' | 'tooLong' | 'same'

export interface TypedPoll {
  question: string
  options: string[]
}

export function readTypedPoll(args: string): TypedPoll {
  const [question = '', ...options] = args.split(/[|｜]/u)
  return { question, options }
}

/** Undefined: it is a poll. Empty answers do not count. */
export function pollProblem({ question, options }: TypedPoll): PollProblem | undefined {
  const some = options.filter((option) => option.trim() !== '')
  if (question.trim() === '') return 'noQuestion'
  const lines = [question, ...some].map((line) => cleanLine(line, chars))
  if (lines.some((line) => line === undefined)) return 'tooLong'
  if (some.length < min) return 'tooFew'
  if (some.length > max) return 'tooMany'
  const keys = lines.slice(1).map((line) => nameKey(line ?? ''))
  return new Set(keys).size < keys.length ? 'same' : undefined
}
