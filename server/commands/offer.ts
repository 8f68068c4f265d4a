// For a process that offers slash commands: announces them, answers calls, and withdraws them when it ends.
import type { Person } from '../protocol/people.ts'
import { limits } from '../protocol/limits.ts'
import type { Outcome, Rpc } from '../rpc/rpc.ts'
import { functionOf, topic, type Offers, type Question, type Words } from './words.ts'

export interface CommandContext {
  room: string
  /** The root of the thread in which it was typed; an answer for everybody is posted there. */
  thread?: number
  /** Who typed it. */
  asker: Person
  /**
   * The asker's own id of it (UUIDv7). Use it to recognise a repeated command, if something must happen only once.
   */
  cid: string
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal
}

/**
 * `room`: a message of the bot for everybody, as a reply if it was asked in a thread. `asker`: a note that only the
 * asker sees.
 */
export type Said = { room: string } | { asker: string }

export interface OfferedCommand {
  /** What is typed after the slash: 1 to 32 of a-z, 0-9, - and _, beginning with a letter. */
  name: string
  /** What follows the name: "2d6", "<when> <what>". May be empty. */
  usage: string
  /** One line: what it does. */
  help: string
  /**
   * `args`: what follows the name, trimmed. After limits.commands.timeoutMs the asker is told that there was no
   * answer.
   */
  run: (args: string, context: CommandContext) => Promise<Said>
}

/**
 * Offers commands in every room of this Brook for as long as this process lives, and posts their answers as `bot`
 * (from `brook bot add`; it needs to be in no room).
 *
 *     const rpc = new Rpc({ redis: new RedisProvider(address).rpc, onError })
 *     const stop = await offerCommands(rpc, { id: '7', name: 'dice', bot: true }, [
 *       { name: 'roll', usage: '2d6', help: 'Roll dice', run: async (args) => ({ room: roll(args) }) },
 *     ])
 *     ...
 *     await stop()
 *     await rpc.close()
 *
 * Several processes may offer the same command: each call goes to one of them. A call runs at most once; the same cid
 * asked again within limits.calls.answerKeptMs gets the same answer, and it is always one message. If `args` are
 * wrong, answer with a helpful note, such as `{ asker: 'Try /roll 2d6.' }`. What `run` throws is logged by the Rpc's
 * onError, and the asker is told that it failed.
 */
export async function offerCommands(
  rpc: Rpc,
  bot: Person,
  commands: readonly OfferedCommand[],
): Promise<() => Promise<void>> {
  if (commands.length > limits.commands.perProcess)
    throw new Error(`a process offers at most ${limits.commands.perProcess} commands`)
  const stops: (() => Promise<void>)[] = []
  for (const { name, run } of commands)
    stops.push(
      await rpc.serve(functionOf(name), async (params, { signal }): Promise<Outcome<Words>> => {
        const { args, ...question } = params as Question
        const said = await run(args, { ...question, signal })
        return {
          data:
            'room' in said ? { bot, to: 'room', text: said.room } : { bot, to: 'asker', text: said.asker },
        }
      }),
    )
  // Announced last: a command that others know of is already being served.
  const offers: Offers = { bot, commands: commands.map(({ name, usage, help }) => ({ name, usage, help })) }
  stops.unshift(await rpc.announce(topic, JSON.stringify(offers)))
  return async () => {
    for (const stop of stops) await stop()
  }
}
