// The answers to an invalid `/poll`, in the person's language: Chinese if they wrote Chinese, otherwise English.
import { limits } from '../protocol/limits.ts'
import { pollProblem, readTypedPoll, type PollProblem } from '../protocol/typed-poll.ts'

const { min, max, chars } = limits.polls

export const pollHelp = { usage: 'question | a | b', help: 'Create a poll' }

const en: Record<PollProblem, string> = {
  noQuestion: 'Write a question.',
  tooFew: `Add at least ${min} answers.`,
  tooMany: `Use at most ${max} answers.`,
  tooLong: `Use at most ${chars} visible characters for the question and for each answer.`,
  same: 'Two answers are the same.',
}
const zh: Record<PollProblem, string> = {
  noQuestion: '请填写问题。',
  tooFew: `请至少填写 ${min} 个选项。`,
  tooMany: `最多 ${max} 个选项。`,
  tooLong: `问题和每个选项最多 ${chars} 个可见字符。`,
  same: '有两个选项相同。',
}

export function pollUsage(args: string): string {
  const problem = pollProblem(readTypedPoll(args)) ?? 'tooFew'
  return /\p{Script=Han}/u.test(args)
    ? `${zh[problem]}例如：/poll 午饭吃什么？ | 面 | 饭`
    : `${en[problem]} For example: /poll Lunch? | Noodles | Rice`
}
