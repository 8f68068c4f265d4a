// A poll as it is typed after `/poll`: "question | a | b", what is wrong with it, and the words for that in both languages:
// the server refuses by it, and the browser explains it. Pure.
import { limits } from './limits.ts'
import { cleanLine, nameKey } from './names.ts'
import type { Language } from './own-commands.ts'

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

export const pollWords: Record<Language, Record<PollProblem | 'example', string>> = {
  en: {
    noQuestion: 'Write a question.',
    tooFew: `Add at least ${min} answers.`,
    tooMany: `Use at most ${max} answers.`,
    tooLong: `Use at most ${chars} visible characters for the question and for each answer.`,
    same: 'Two answers are the same.',
    example: 'For example: /poll Lunch? | Noodles | Rice',
  },
  zh: {
    noQuestion: '请填写问题。',
    tooFew: `请至少填写 ${min} 个选项。`,
    tooMany: `最多 ${max} 个选项。`,
    tooLong: `问题和每个选项最多 ${chars} 个可见字符。`,
    same: '有两个选项相同。',
    example: '例如：/poll 午饭吃什么？ | 面 | 饭',
  },
}
