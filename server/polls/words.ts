// The answers to an invalid `/poll`, in the person's language: Chinese if they wrote Chinese, otherwise English.
import { limits } from '../protocol/limits.ts'

const { min, max, chars } = limits.polls

export const pollHelp = { usage: 'question | a | b', help: 'Ask everybody here · 发起投票' }

export const pollUsage = (args: string): string =>
  /\p{Script=Han}/u.test(args)
    ? `请写一个问题和 ${min} 到 ${max} 个不同的选项，每个最多 ${chars} 个字符：/poll 午饭吃什么？ | 面 | 饭`
    : `Write a question and ${min} to ${max} different answers of at most ${chars} characters each: /poll Lunch? | Noodles | Rice`
