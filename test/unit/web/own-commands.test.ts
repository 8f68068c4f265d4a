// @vitest-environment happy-dom
// Brook's own commands are explained in the language of the interface, whatever was typed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtinCommands } from '../../../server/builtin-bot/offers.ts'
import { pollHelp } from '../../../server/polls/words.ts'
import { aboutCommand, sayInvalid } from '../../../web/conversation/composer/completion/own-commands.ts'
import { en } from '../../../web/words/en.ts'
import { zh } from '../../../web/words/zh.ts'
import { chooseLanguage, learn } from '../../../web/words/words.ts'

beforeAll(learn)
afterAll(() => chooseLanguage('en'))

const reminders = {
  keep: () => Promise.reject(new Error()),
  list: () => Promise.resolve([]),
  cancel: () => Promise.resolve(false),
}
const offered = [{ name: 'poll', ...pollHelp }, ...builtinCommands({ reminders })]

it.each([
  ['en', en],
  ['zh', zh],
] as const)('in %s', async (language, { commands }) => {
  await chooseLanguage(language)
  for (const { name, usage, help } of offered) {
    const own = commands.own[name as keyof typeof commands.own]
    expect(aboutCommand({ name, usage, help })).toEqual({
      usage: own.usage.replaceAll('{bar}', '|'),
      help: own.help,
    })
  }
  expect(sayInvalid({ name: 'poll', args: '午饭？ | a' })).toContain(
    commands.pollProblem.tooFew.replace('{n}', '2'),
  )
  expect(sayInvalid({ name: 'poll', args: 'a | b | B' })).toBe(
    `${commands.pollProblem.same}\n${commands.own.poll.example.replaceAll('{bar}', '|')}`,
  )
  expect(sayInvalid({ name: 'roll', args: 'x' })).toBeUndefined()
})

it("another bot's command of the same name keeps its own words", () => {
  const other = { name: 'roll', usage: 'x', help: 'Rolls out a release' }
  expect(aboutCommand(other)).toEqual({ usage: 'x', help: 'Rolls out a release' })
})
