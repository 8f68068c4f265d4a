// The commands of the house's bot: /roll, /remind and /poll. Words in, words out; what they do stands in their own files.
import { randomInt } from 'node:crypto'
import { answerCid } from '../commands/commands.ts'
import type { CommandContext, OfferedCommand, Said } from '../commands/offer.ts'
import type { Append } from '../log/entry.ts'
import type { Person } from '../protocol/people.ts'
import { refuseText } from '../protocol/text.ts'
import { ballotText, numerals, parseBallot } from './ballot.ts'
import { parseDice, rollDice } from './dice.ts'
import type { Reminders } from './reminders.ts'
import { parseWish } from './when.ts'
import { houseWords, languageOf, type HouseWords } from './words.ts'

export interface OfferParts {
  reminders: Pick<Reminders, 'keep' | 'list' | 'cancel'>
  append: Append
  bot: Person
}

export function houseCommands(parts: OfferParts): OfferedCommand[] {
  return [
    {
      name: 'roll',
      usage: '2d6',
      help: 'Roll dice: d20, 2d6, 3d6+2 · 掷骰子',
      run: async (args, context) => roll(args, context),
    },
    {
      ...{ name: 'remind', usage: '10m text | list | cancel 1' },
      help: 'Remind me here, later · 稍后提醒我（10分钟 喝茶）',
      run: (args, context) => remind(parts, args, context),
    },
    {
      ...{ name: 'poll', usage: 'question | a | b' },
      help: 'Let everybody here choose · 发起投票',
      run: (args, context) => poll(parts, args, context),
    },
  ]
}

function roll(args: string, { asker }: CommandContext): Said {
  const dice = parseDice(args)
  if (typeof dice === 'string') return { asker: houseWords[languageOf(args + asker.name)].dice[dice] }
  return { room: `🎲 ${asker.name} · ${rollDice(dice, (sides) => randomInt(1, sides + 1))}` }
}

async function remind(
  { reminders }: OfferParts,
  args: string,
  { asker, room, thread, cid }: CommandContext,
): Promise<Said> {
  const words = houseWords[languageOf(args + asker.name)]
  if (/^(list|列表|查看)?$/i.test(args)) return { asker: await listOf(reminders, asker, words) }
  const [, number] = /^(?:cancel|取消)\s*(\d{1,6})$/i.exec(args) ?? []
  if (number !== undefined) {
    const isGone = await reminders.cancel(asker.id, Number(number))
    return { asker: isGone ? words.cancelled(Number(number)) : words.noSuch(number) }
  }
  const wish = parseWish(args)
  if (typeof wish === 'string') return { asker: words.when[wish] }
  if (refuseText(wish.text) !== undefined) return { asker: words.badText }
  const dueAt = new Date(Date.now() + wish.afterMs)
  const place = thread === undefined ? { room } : { room, thread }
  const kept = await reminders.keep({ user: asker, ...place, askCid: cid, text: wish.text, dueAt })
  return { asker: kept === undefined ? words.full : words.kept(kept.number, wish.afterMs) }
}

async function listOf(reminders: OfferParts['reminders'], asker: Person, words: HouseWords): Promise<string> {
  const waiting = await reminders.list(asker.id)
  return words.list(
    waiting.map(({ number, text, dueAt }) => ({ number, text, inMs: dueAt.getTime() - Date.now() })),
  )
}

/**
 * The bot says the question itself, under the cid that its answer has, so that the server finds it said; then it puts the
 * numbers on it. Limit: killed in between it leaves some numbers to be put on by hand.
 */
async function poll(
  { append, bot }: OfferParts,
  args: string,
  { asker, room, cid, thread }: CommandContext,
): Promise<Said> {
  const words = houseWords[languageOf(args + asker.name)]
  const ballot = parseBallot(args)
  if (typeof ballot === 'string') return { asker: words.ballot[ballot] }
  const text = ballotText(ballot)
  if (refuseText(text) !== undefined) return { asker: words.badText }
  const said = await append({
    room,
    user: bot,
    cid: answerCid(asker.id, cid),
    body: { type: 'message', text, ...(thread === undefined ? {} : { thread }) },
  })
  if ('code' in said) return { asker: words.unavailable }
  const target = said.seq
  for (const emoji of numerals.slice(0, ballot.options.length)) {
    const own = answerCid(`${asker.id}:${emoji}`, cid)
    await append({ room, user: bot, cid: own, body: { type: 'reacted', target, emoji, on: true } })
  }
  return { room: text }
}
