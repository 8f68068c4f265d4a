// The commands of the built-in bot: /roll and /remind. Parses arguments and answers; the work is in other files.
import { randomInt } from 'node:crypto'
import type { CommandContext, OfferedCommand, Said } from '../commands/offer.ts'
import { languageOf, ownCommands } from '../protocol/own-commands.ts'
import type { Person } from '../protocol/people.ts'
import { refuseText } from '../protocol/text.ts'
import { parseDice, rollDice } from './dice.ts'
import type { Reminders } from './reminders.ts'
import { parseReminder } from './when.ts'
import { botWords, type BotWords } from './words.ts'

export interface OfferDeps {
  reminders: Pick<Reminders, 'keep' | 'list' | 'cancel'>
}

export function builtinCommands(deps: OfferDeps): OfferedCommand[] {
  return [
    {
      name: 'roll',
      ...ownCommands.roll,
      run: async (args, context) => roll(args, context),
    },
    {
      name: 'remind',
      ...ownCommands.remind,
      run: (args, context) => remind(deps, args, context),
    },
  ]
}

function roll(args: string, { asker }: CommandContext): Said {
  const dice = parseDice(args)
  if (typeof dice === 'string') return { asker: botWords[languageOf(args + asker.name)].dice[dice] }
  return { room: `🎲 ${asker.name} · ${rollDice(dice, (sides) => randomInt(1, sides + 1))}` }
}

async function remind(
  { reminders }: OfferDeps,
  args: string,
  { asker, room, thread, cid }: CommandContext,
): Promise<Said> {
  const words = botWords[languageOf(args + asker.name)]
  if (/^(list|列表|查看)?$/i.test(args)) return { asker: await listOf(reminders, asker, words) }
  const [, number] = /^(?:cancel|取消)\s*(\d{1,6})$/i.exec(args) ?? []
  if (number !== undefined) {
    const isGone = await reminders.cancel(asker.id, Number(number))
    return { asker: isGone ? words.cancelled(Number(number)) : words.noSuch(number) }
  }
  const reminder = parseReminder(args)
  if (typeof reminder === 'string') return { asker: words.when[reminder] }
  if (refuseText(reminder.text) !== undefined) return { asker: words.badText }
  const dueAt = new Date(Date.now() + reminder.afterMs)
  const place = thread === undefined ? { room } : { room, thread }
  const kept = await reminders.keep({ user: asker, ...place, askCid: cid, text: reminder.text, dueAt })
  return { asker: kept === undefined ? words.full : words.kept(kept.number, reminder.afterMs) }
}

async function listOf(reminders: OfferDeps['reminders'], asker: Person, words: BotWords): Promise<string> {
  const waiting = await reminders.list(asker.id)
  return words.list(
    waiting.map(({ number, text, room, dueAt }) => ({
      number,
      text: room === undefined ? text : words.ofMessage(room),
      inMs: dueAt.getTime() - Date.now(),
    })),
  )
}
