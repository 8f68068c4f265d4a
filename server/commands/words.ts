// What passes between the server and a process that offers commands.
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { limits } from '../protocol/limits.ts'
import { Person } from '../protocol/people.ts'
import { OfferedCommand } from '../protocol/http.ts'

/** Where offers are announced. */
export const topic = 'commands'

/** The name under which server/rpc serves a command. */
export const functionOf = (name: string): string => `command:${name}`

/** One process's commands, as it announces them. The bot's own fields are its own. */
const Offers = Type.Object({
  bot: Type.Object(Person.properties),
  commands: Type.Array(Type.Pick(OfferedCommand, ['name', 'usage', 'help']), {
    maxItems: limits.commands.perProcess,
  }),
})
export type Offers = Static<typeof Offers>

/** A call. `at`: when the person sent it, by their own clock (the time in the cid). */
export interface Question {
  room: string
  asker: Person
  cid: string
  args: string
  /** The thread it was asked in; the answer goes there. */
  thread?: number
}

/** An answer: a text for everybody in the room, or a note for the asker alone. */
const Words = Type.Object({
  bot: Type.Object(Person.properties),
  to: Type.Union([Type.Literal('room'), Type.Literal('asker')]),
  text: Type.String(),
})
export type Words = Static<typeof Words>

const offers = Compile(Offers)
const words = Compile(Words)

/** Undefined for what another version or another program has written. */
export function readOffers(text: string): Offers | undefined {
  try {
    const raw: unknown = JSON.parse(text)
    return offers.Check(raw) ? raw : undefined
  } catch {
    return undefined
  }
}

export const isWords = (data: unknown): data is Words => words.Check(data)
