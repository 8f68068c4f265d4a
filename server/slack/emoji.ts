// Slack's names of emoji and their emoji, all of them. Pure.
import list from 'emoji-picker-element-data/en/iamcal/data.json' with { type: 'json' }
import { cleanEmoji } from '../protocol/emoji.ts'

interface Listed {
  emoji: string
  shortcodes?: string[]
  skins?: { tone: number | number[]; emoji: string }[]
}

/** Names that Slack or many tools know besides those of the list. */
const also = { rofl: '🤣', thinking: '🤔', facepalm: '🤦', detective: '🕵️', map: '🗺️' }

let emojiByName: Map<string, string> | undefined

/** Skin tones are 1 to 5 in the list, and 2 to 6 in Slack's names. */
const toned = (name: string, tones: number[]): string =>
  `${name}::skin-tone-${tones.map((tone) => tone + 1).join('-')}`

function byName(): Map<string, string> {
  const names = new Map(Object.entries(also))
  for (const { emoji, shortcodes = [], skins = [] } of list as Listed[])
    for (const name of shortcodes) {
      names.set(name, cleanEmoji(emoji) ?? emoji)
      for (const { tone, emoji: skin } of skins)
        names.set(toned(name, [tone].flat()), cleanEmoji(skin) ?? skin)
    }
  return names
}

/** The emoji of a name with or without its colons (`:tada:`, `wave::skin-tone-3`), or undefined if there is none. */
export function emojiOf(name: string): string | undefined {
  const [, bare = '', tone] = /^:?([^\s:]{1,64})(?:::(skin-tone-[2-6](?:-[2-6])?))?:?$/.exec(name) ?? []
  emojiByName ??= byName()
  return (tone === undefined ? undefined : emojiByName.get(`${bare}::${tone}`)) ?? emojiByName.get(bare)
}

/** Replaces known names with emoji; others stay as written, and so does a number among others: `12:30:45`, `比分:100:98`. */
export const withEmoji = (text: string): string =>
  text.replace(
    /:(?!(?<=[\p{L}\p{N}]:)\d+:|\d+:[\p{L}\p{N}])([a-z0-9_+'-]{1,64}):(?::(skin-tone-[2-6](?:-[2-6])?):)?/gu,
    (written, name: string, tone: string | undefined) =>
      emojiOf(tone === undefined ? name : `${name}::${tone}`) ?? written,
  )
