// All emoji, their names and what they are found by, in the reader's language; loaded from our own origin when asked for.
import english from 'emoji-picker-element-data/en/emojibase/data.json?url'
import chinese from 'emoji-picker-element-data/zh/cldr/data.json?url'
import { cleanEmoji } from '../../server/protocol/emoji.ts'

export interface Emoji {
  emoji: string
  /** Its name. */
  annotation: string
  /** What else it is found by, small letters. */
  words: string
  /** What it is called between colons, as in `:smile:`. */
  codes: readonly string[]
  group: number
}

interface Listed {
  emoji: string
  annotation: string
  tags?: string[]
  shortcodes?: string[]
  group?: number
  order?: number
}

/** Parts that stand for no emoji alone (skin tones, hair) are in this group. */
const parts = 2

const loaded = new Map<string, Promise<Emoji[]>>()

/** Rejects when they cannot be had; asked again, it tries again. */
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
  const all = (await answer.json()) as Listed[]
  return all
    .filter(({ emoji, group }) => group !== undefined && group !== parts && cleanEmoji(emoji) !== undefined)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ emoji, annotation, tags = [], shortcodes = [], group = 0 }) => ({
      ...{ emoji, annotation, group, codes: shortcodes },
      words: [annotation, ...tags, ...shortcodes].join(' ').toLocaleLowerCase(),
    }))
}

/** Those that have every word of `query`; whose name begins with it come first. */
export function findEmoji(all: readonly Emoji[], query: string): readonly Emoji[] {
  const words = query.trim().toLocaleLowerCase().split(/\s+/u)
  const found = all.filter((one) => words.every((word) => one.words.includes(word) || one.emoji === word))
  const isFirst = ({ words: known }: Emoji) => known.startsWith(words[0] ?? '')
  return [...found.filter(isFirst), ...found.filter((one) => !isFirst(one))]
}
