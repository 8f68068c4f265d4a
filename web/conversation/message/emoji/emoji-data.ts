// All emoji, their names and search words, in the reader's language; loaded from our own origin on demand.
import english from 'emoji-picker-element-data/en/emojibase/data.json?url'
import chinese from 'emoji-picker-element-data/zh/cldr/data.json?url'
import type { CustomEmoji } from '../../../../server/protocol/custom-emoji.ts'
import { cleanEmoji } from '../../../../server/protocol/emoji.ts'
import { emojiKey } from '../../../../server/protocol/emoji-names.ts'

export interface Emoji {
  emoji: string
  /** Its name. */
  annotation: string
  /** Other search words, in lower case. */
  words: string
  /** Its codes between colons, as in `:smile:`. */
  codes: readonly string[]
  group: number
  /** The same in the five skin tones, from light to dark. */
  skins?: readonly string[]
}

interface Listed {
  emoji: string
  annotation: string
  tags?: string[]
  shortcodes?: string[]
  group?: number
  order?: number
  skins?: { emoji: string; tone?: number | number[] }[]
}

/** Parts that are not emoji by themselves (skin tones, hair) are in this group. */
const parts = 2

const loaded = new Map<string, Promise<Emoji[]>>()

/** Rejects if they cannot be loaded; the next call retries. */
export function loadEmoji(language: string): Promise<Emoji[]> {
  const url = language === 'zh' ? chinese : english
  const loading = loaded.get(url) ?? load(url)
  loaded.set(url, loading)
  loading.catch(() => loaded.delete(url))
  return loading
}

async function load(url: string): Promise<Emoji[]> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the emoji could not be had: ${answer.status}`)
  return emojiIn((await answer.json()) as Listed[])
}

/** In their usual order, each as it is stored in a reaction. */
export const emojiIn = (all: readonly Listed[]): Emoji[] =>
  all
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .flatMap(({ emoji: raw, annotation, tags = [], shortcodes = [], group, skins }) => {
      const emoji = cleanEmoji(raw)
      if (emoji === undefined || group === undefined || group === parts) return []
      const words = [annotation, ...tags, ...shortcodes].join(' ').toLocaleLowerCase()
      return [{ emoji, annotation, group, codes: shortcodes, words, ...tonesIn(skins) }]
    })

/** Only of emoji with one person in them: for two there are too many. */
function tonesIn(skins: Listed['skins'] = []): { skins?: string[] } {
  const single = skins.filter(({ tone }) => typeof tone === 'number').map(({ emoji }) => cleanEmoji(emoji))
  const known = single.filter((emoji) => emoji !== undefined)
  return known.length === 5 ? { skins: known } : {}
}

/** `tone`: 0 as it is, 1 to 5 from light to dark. */
export const inTone = ({ emoji, skins }: Emoji, tone: number): string => skins?.[tone - 1] ?? emoji

/** Emoji that match every word of `query`; those whose name begins with it come first. */
export function findEmoji(all: readonly Emoji[], query: string): readonly Emoji[] {
  const words = query.trim().toLocaleLowerCase().split(/\s+/u)
  const found = all.filter((one) => words.every((word) => one.words.includes(word) || one.emoji === word))
  const isFirst = ({ words: known }: Emoji) => known.startsWith(words[0] ?? '')
  return [...found.filter(isFirst), ...found.filter((one) => !isFirst(one))]
}

/** Of the workspace's own: no group of the data. */
export const ownGroup = -1

/** The workspace's own, found by any of their names, and by the words in them. */
export const customIn = (all: readonly CustomEmoji[]): Emoji[] =>
  all.map(({ name, aliases }) => ({
    emoji: emojiKey(name),
    annotation: emojiKey(name),
    words: [name, ...aliases].flatMap((one) => [one, one.replace(/[_-]+/g, ' ')]).join(' '),
    codes: [name, ...aliases],
    group: ownGroup,
  }))
