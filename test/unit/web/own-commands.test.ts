// @vitest-environment happy-dom
// Brook's own commands are explained in the language of the interface, whatever was typed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ownCommands } from '../../../server/protocol/own-commands.ts'
import { aboutCommand } from '../../../web/conversation/composer/completion/own-commands.ts'
import type { Note } from '../../../web/conversation/lines/line.ts'
import { noteWords } from '../../../web/conversation/rows/note-words.ts'
import { en } from '../../../web/words/en.ts'
import { sayRefusal } from '../../../web/words/refused.ts'
import { chooseLanguage, learn, t } from '../../../web/words/words.ts'
import { zh } from '../../../web/words/zh.ts'

beforeAll(learn)
afterAll(() => chooseLanguage('en'))

/** What is said about a command that failed with these words of the server. */
const about = (typed: Pick<Note, 'name' | 'args' | 'done'>) =>
  noteWords(
    { key: 'a', below: 0, at: 0, state: 'failed', text: 'as the server says it', ...typed },
    { t, refusal: sayRefusal, dayTime: (at) => `at ${at}` },
  )

it.each([
  ['en', en],
  ['zh', zh],
] as const)('in %s', async (language, { commands, polls: { problem } }) => {
  await chooseLanguage(language)
  for (const name of ['poll', 'roll', 'remind', 'mute', 'dnd', 'status'] as const)
    expect(aboutCommand({ name, ...ownCommands[name] })).toEqual(commands.own[name])
  expect(about({ name: 'poll', args: '午饭？ | a' })).toBe(`${problem.tooFew}\n${problem.example}`)
  expect(about({ name: 'poll', args: 'a | b | B' })).toBe(`${problem.same}\n${problem.example}`)
  expect(about({ name: 'roll', args: 'x' })).toBe('as the server says it')
  const said = (done: Note['done']) => about({ name: 'mute', ...(done ? { done } : {}) })
  expect(said({ what: 'muted', until: 5 })).toBe(commands.done.mutedUntil.replace('{when}', 'at 5'))
  expect(said({ what: 'muted', until: null })).toBe(commands.done.muted)
  expect(said({ what: 'no_span' })).toBe(commands.done.no_span)
})

it("another bot's command of the same name keeps its own words", () => {
  const other = { name: 'roll', usage: 'x', help: 'Rolls out a release' }
  expect(aboutCommand(other)).toEqual({ usage: 'x', help: 'Rolls out a release' })
})
