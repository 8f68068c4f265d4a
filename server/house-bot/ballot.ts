// "question | a | b": a poll that is voted on by clicking its numbers. Pure.
import { limits } from '../protocol/limits.ts'

export interface Ballot {
  question: string
  options: string[]
}

export type BallotError = 'no_question' | 'too_few' | 'too_many' | 'too_long'

/** One for each option; a keycap is one emoji, so it can be a reaction. */
export const numerals = ['1️⃣', '2️⃣', '3️⃣', '4️⃣', '5️⃣', '6️⃣', '7️⃣', '8️⃣', '9️⃣', '🔟'] as const

export function parseBallot(args: string): Ballot | BallotError {
  const { least, most, chars } = limits.houseBot.poll
  const [question = '', ...rest] = args.split(/[|｜]/).map((part) => part.trim().replace(/\s+/g, ' '))
  const options = rest.filter((option) => option !== '')
  if (question === '') return 'no_question'
  if (options.length < least) return 'too_few'
  if (options.length > most) return 'too_many'
  return [question, ...options].some((part) => [...part].length > chars) ? 'too_long' : { question, options }
}

export const ballotText = ({ question, options }: Ballot): string =>
  [`📊 ${question}`, ...options.map((option, index) => `${numerals[index]} ${option}`)].join('\n')
