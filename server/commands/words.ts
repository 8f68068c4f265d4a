// What passes between a process that offers commands and the server that asks it.
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { limits } from '../protocol/limits.ts'
import { Person } from '../protocol/people.ts'
import { OfferedCommand } from '../protocol/http.ts'

/** Where offers are announced. */
export const topic = 'commands'

/** The function of server/rpc that a command is. */
export const functionOf = (name: string): string => `command:${name}`

/** One process's commands, as it announces them. The bot's own fields are its own. */
const Offers = Type.Object({
  bot: Type.Object(Person.properties),
  commands: Type.Array(Type.Pick(OfferedCommand, ['name', 'usage', 'help']), {
    maxItems: limits.commands.perProcess,
  }),
})
export type Offers = Static<typeof Offers>

/** What is asked. `at`: when the person said it, by their own clock (the time in the cid). */
export interface Question {
  room: string
  asker: Person
  cid: string
  args: string
  /** The thread it was asked in: there the answer is told. */
  thread?: number
}

/** What is answered: words for everybody in the room, or a note for the asker alone. */
const Words = Type.Object({
  bot: Type.Object(Person.properties),
  to: Type.Union([Type.Literal('room'), Type.Literal('asker')]),
  text: Type.String(),
})
export type Words = Static<typeof Words>

const offers = Compile(Offers)
const words = Compile(Words)

/** Another version's words, or another program's, are no offers: undefined. */
export function readOffers(text: string): Offers | undefined {
  try {
    const raw: unknown = JSON.parse(text)
    return offers.Check(raw) ? raw : undefined
  } catch {
    return undefined
  }
}

export const isWords = (data: unknown): data is Words => words.Check(data)
