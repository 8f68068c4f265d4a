// What the house's bot says, in the language of whoever asks: Chinese when they wrote Chinese, else English. Pure.
import { limits } from '../protocol/limits.ts'
import type { BallotError } from './ballot.ts'
import type { DiceError } from './dice.ts'
import type { WhenError } from './when.ts'

export type Language = 'en' | 'zh'

export const languageOf = (text: string): Language => (/\p{Script=Han}/u.test(text) ? 'zh' : 'en')

const { roll, remind, poll } = limits.houseBot

export interface HouseWords {
  dice: Record<DiceError, string>
  when: Record<WhenError, string>
  ballot: Record<BallotError, string>
  badText: string
  kept: (number: number, afterMs: number) => string
  full: string
  list: (lines: { number: number; inMs: number; text: string }[]) => string
  cancelled: (number: number) => string
  noSuch: (number: string) => string
  reminder: (name: string, text: string) => string
  unavailable: string
}

const en: HouseWords = {
  dice: {
    no_dice: 'Roll what? For example: /roll 2d6, /roll d20, /roll 3d6+2',
    too_many_dice: `From 1 to ${roll.dice} dice at once.`,
    bad_sides: `A die has 2 to ${roll.sides} sides.`,
    too_long: `At most ${roll.terms} parts, such as 2d6 + d4 + 3.`,
  },
  when: {
    no_time: 'When? For example: /remind 10m tea, /remind 1h30m call Ann, /remind 2d water the plants',
    no_text: 'Remind you of what? For example: /remind 10m tea',
    too_soon: 'In a second at the soonest.',
    too_far: 'In a year at the latest.',
    too_long: `At most ${remind.chars} characters.`,
  },
  ballot: {
    no_question: 'Ask what? For example: /poll Lunch? | Noodles | Rice',
    too_few: `A poll needs at least ${poll.least} answers: /poll Lunch? | Noodles | Rice`,
    too_many: `A poll has at most ${poll.most} answers.`,
    too_long: `The question and each answer have at most ${poll.chars} characters.`,
  },
  badText: 'The text has characters that cannot be kept.',
  kept: (number, afterMs) =>
    `I will remind you here in ${span(afterMs, 'en')}. To take it back: /remind cancel ${number}`,
  full: `You have ${remind.most} reminders already. /remind list shows them.`,
  list: (lines) =>
    lines.length === 0
      ? 'You have no reminders.'
      : lines.map(({ number, inMs, text }) => `${number}. in ${span(inMs, 'en')}: ${text}`).join('\n'),
  cancelled: (number) => `Reminder ${number} is taken back.`,
  noSuch: (number) => `You have no reminder ${number}. /remind list shows them.`,
  reminder: (name, text) => `⏰ @${name}: ${text}`,
  unavailable: 'That cannot be kept right now. Try again in a moment.',
}

const zh: HouseWords = {
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
  ballot: {
    no_question: '要问什么？例如：/poll 午饭吃什么？ | 面 | 饭',
    too_few: `投票至少要有 ${poll.least} 个选项：/poll 午饭吃什么？ | 面 | 饭`,
    too_many: `投票最多 ${poll.most} 个选项。`,
    too_long: `问题和每个选项最多 ${poll.chars} 个字符。`,
  },
  badText: '文字中有无法保存的字符。',
  kept: (number, afterMs) => `好的，${span(afterMs, 'zh')}后在这里提醒你。取消：/remind cancel ${number}`,
  full: `你已经有 ${remind.most} 条提醒了。用 /remind list 查看。`,
  list: (lines) =>
    lines.length === 0
      ? '你没有提醒。'
      : lines.map(({ number, inMs, text }) => `${number}. ${span(inMs, 'zh')}后：${text}`).join('\n'),
  cancelled: (number) => `提醒 ${number} 已取消。`,
  noSuch: (number) => `你没有第 ${number} 条提醒。用 /remind list 查看。`,
  reminder: (name, text) => `⏰ @${name}：${text}`,
  unavailable: '现在无法保存，请稍后再试。',
}

export const houseWords: Record<Language, HouseWords> = { en, zh }

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
