// For a process that offers slash commands: announces them, answers when one is asked, and takes them back at its end.
import type { Person } from '../protocol/people.ts'
import { limits } from '../protocol/limits.ts'
import type { Outcome, Rpc } from '../rpc/rpc.ts'
import { functionOf, topic, type Offers, type Question, type Words } from './words.ts'

export interface CommandContext {
  room: string
  /** The message whose thread it was typed in; what is said for everybody is said there. */
  thread?: number
  /** Who typed it. */
  asker: Person
  /** The asker's own number of it (UUIDv7). Whatever is done once for it should be known by it. */
  cid: string
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal
}

/** `room`: a message of the bot, for everybody there; a reply, where it was asked in a thread. `asker`: a note that only the asker sees. */
export type Said = { room: string } | { asker: string }

export interface OfferedCommand {
  /** What is typed after the slash: 1 to 32 of a-z, 0-9, - and _, beginning with a letter. */
  name: string
  /** What follows the name: "2d6", "<when> <what>". May be empty. */
  usage: string
  /** One line: what it does. */
  help: string
  /** `args`: what follows the name, trimmed. Within limits.commands.timeoutMs, or the asker is told that nothing came. */
  run: (args: string, context: CommandContext) => Promise<Said>
}

/**
 * Offers commands in every room of this Brook, for as long as this process lives, and says their answers as `bot`
 * (a user; the bot needs to be in no room for it).
 *
 *     const rpc = new Rpc({ redis, onTrouble })
 *     const stop = await offerCommands(rpc, { id: '7', name: 'dice', bot: true }, [
 *       { name: 'roll', usage: '2d6', help: 'Roll dice', run: async (args) => ({ room: roll(args) }) },
 *     ])
 *     ...
 *     await stop()
 *     await rpc.close()
 *
 * Several processes may offer the same command: each call goes to one of them. A call is worked on at most once; the
 * same cid asked again within limits.calls.answerKeptMs gives the same answer, and its message is one message for ever.
 * What is wrong with `args` is a kind note, `{ asker: 'Try /roll 2d6.' }`; what `run` throws is logged by the Rpc's
 * onTrouble, and the asker is told that it failed.
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
  // Announced last: whoever hears of a command finds it served.
  const offers: Offers = { bot, commands: commands.map(({ name, usage, help }) => ({ name, usage, help })) }
  stops.unshift(await rpc.announce(topic, JSON.stringify(offers)))
  return async () => {
    for (const stop of stops) await stop()
  }
}
