// The built-in bot's texts, in the language of the person who asks: Chinese if they wrote Chinese, otherwise English. Pure.
import { limits } from '../protocol/limits.ts'
import type { Language } from '../protocol/own-commands.ts'
import type { DiceError } from './dice.ts'
import type { WhenError } from './when.ts'

const { roll, remind } = limits.builtinBot

export interface BotWords {
  dice: Record<DiceError, string>
  when: Record<WhenError, string>
  badText: string
  kept: (number: number, afterMs: number) => string
  full: string
  /** In the list, a reminder of a message in this room. */
  ofMessage: (room: string) => string
  list: (lines: { number: number; inMs: number; text: string }[]) => string
  cancelled: (number: number) => string
  noSuch: (number: string) => string
  reminder: (name: string, text: string) => string
}

const en: BotWords = {
  dice: {
    no_dice: 'Roll what? For example: /roll 2d6, /roll d20, /roll 3d6+2',
    too_many_dice: `You can roll 1 to ${roll.dice} dice at once.`,
    bad_sides: `A die has 2 to ${roll.sides} sides.`,
    too_long: `A roll can have at most ${roll.terms} parts, such as 2d6 + d4 + 3.`,
  },
  when: {
    no_time: 'When? For example: /remind 10m tea, /remind 1h30m call Ann, /remind 2d water the plants',
    no_text: 'Remind you of what? For example: /remind 10m tea',
    too_soon: 'The earliest time is in one second.',
    too_far: 'The latest time is in one year.',
    too_long: `A reminder can have at most ${remind.chars} characters.`,
  },
  badText: 'The text contains characters that cannot be stored.',
  kept: (number, afterMs) =>
    `I will remind you here in ${span(afterMs, 'en')}. To cancel it: /remind cancel ${number}`,
  full: `You already have ${remind.max} reminders. /remind list shows them.`,
  ofMessage: (room) => `a message in #${room}`,
  list: (lines) =>
    lines.length === 0
      ? 'You have no reminders.'
      : lines.map(({ number, inMs, text }) => `${number}. in ${span(inMs, 'en')}: ${text}`).join('\n'),
  cancelled: (number) => `Reminder ${number} is cancelled.`,
  noSuch: (number) => `You have no reminder ${number}. /remind list shows them.`,
  reminder: (name, text) => `⏰ @${name}: ${text}`,
}

const zh: BotWords = {
  dice: {
    no_dice: '要掷什么？例如：/roll 2d6、/roll d20、/roll 3d6+2',
    too_many_dice: `一次可掷 1 到 ${roll.dice} 颗骰子。`,
    bad_sides: `骰子有 2 到 ${roll.sides} 面。`,
    too_long: `最多 ${roll.terms} 项，例如 2d6 + d4 + 3。`,
  },
  when: {
    no_time: '什么时候？例如：/remind 10分钟 喝茶、/remind 1小时30分钟 打电话、/remind 2天 浇花',
    no_text: '要提醒什么？例如：/remind 10分钟 喝茶',
    too_soon: '最早一秒之后。',
    too_far: '最晚一年之后。',
    too_long: `最多 ${remind.chars} 个字符。`,
  },
  badText: '文字中有无法保存的字符。',
  kept: (number, afterMs) => `好的，${span(afterMs, 'zh')}后在这里提醒你。取消：/remind cancel ${number}`,
  full: `你已经有 ${remind.max} 条提醒了。用 /remind list 查看。`,
  ofMessage: (room) => `#${room} 中的一条消息`,
  list: (lines) =>
    lines.length === 0
      ? '你没有提醒。'
      : lines.map(({ number, inMs, text }) => `${number}. ${span(inMs, 'zh')}后：${text}`).join('\n'),
  cancelled: (number) => `提醒 ${number} 已取消。`,
  noSuch: (number) => `你没有第 ${number} 条提醒。用 /remind list 查看。`,
  reminder: (name, text) => `⏰ @${name}：${text}`,
}

export const botWords: Record<Language, BotWords> = { en, zh }

/** The two largest units: "1 day 3 h", "1 天 3 小时". */
export function span(ms: number, language: Language): string {
  const names = { en: [' d', ' h', ' min', ' s'], zh: [' 天', ' 小时', ' 分钟', ' 秒'] }[language]
  let left = Math.max(1, Math.round(ms / 1_000))
  const parts: string[] = []
  for (const [index, seconds] of [86_400, 3_600, 60, 1].entries()) {
    const count = Math.floor(left / seconds)
    left -= count * seconds
    if (count > 0) parts.push(`${count}${names[index] ?? ''}`)
  }
  return parts.slice(0, 2).join(' ')
}
