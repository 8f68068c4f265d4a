// The commands that come with Brook, in the language of the interface. The server tells their help in English.
import { pollProblem, readTypedPoll } from '../../../../server/protocol/typed-poll.ts'
import type { OfferedCommand } from '../../../../server/protocol/http.ts'
import { limits } from '../../../../server/protocol/limits.ts'
import { t } from '../../../words/words.ts'

/** In a table of words, a bar divides plural forms. */
const bar = { bar: '|' }

const names = ['poll', 'roll', 'remind'] as const

/** How a command is used, and what it does. Another bot may offer one of the same name. */
export function aboutCommand({ name, usage, help }: OfferedCommand): { usage: string; help: string } {
  const own = names.find((one) => one === name)
  if (own === undefined || help !== english[own]) return { usage, help }
  return { usage: t(`commands.own.${own}.usage`, bar), help: t(`commands.own.${own}.help`) }
}

/** As the server tells it. */
const english = {
  poll: 'Create a poll',
  roll: 'Roll dice: d20, 2d6, 3d6+2',
  remind: 'Remind me here, later',
} as const

/** What is wrong with a `/poll`; undefined: the server's words say it. */
export function sayInvalid({ name, args = '' }: { name?: string | undefined; args?: string | undefined }) {
  const problem = name === 'poll' ? pollProblem(readTypedPoll(args)) : undefined
  if (problem === undefined) return undefined
  const { min, max, chars } = limits.polls
  const n = { tooFew: min, tooMany: max, tooLong: chars, noQuestion: 0, same: 0 }[problem]
  return `${t(`commands.pollProblem.${problem}`, { n })}\n${t('commands.own.poll.example', bar)}`
}
