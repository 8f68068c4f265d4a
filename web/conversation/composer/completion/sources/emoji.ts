// Completes emoji by the names people type after a colon: English ones always, Chinese ones for people who read or type
// Chinese; `:smile:` typed in full becomes the emoji. The data is loaded when a name is begun.
import { computed, ref, shallowRef } from 'vue'
import { knownEmoji } from '../../../../custom-emoji/known.ts'
import { customIn, loadEmoji, type Emoji } from '../../../message/emoji/emoji-data.ts'
import type { Choice, Source } from '../choice.ts'
import { emojiPiece, withEmoji } from './pieces.ts'

/** One emoji with its names in each loaded language. */
interface Known {
  emoji: string
  codes: readonly string[]
  name: string
  /** English words, and Chinese ones. */
  words: string
}

const max = 8
const han = /\p{sc=Han}/u

export interface EmojiSource extends Source {
  /** The emoji with this name; undefined if there is none, or if the data is not loaded. */
  named: (code: string) => string | undefined
  /** The text to send: names typed in full are replaced by emoji. */
  spell: (text: string) => string
}

export function emojiSource(language: () => string, load = loadEmoji): EmojiSource {
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const known = shallowRef<readonly Known[]>([])
  const byCode = shallowRef<ReadonlyMap<string, string>>(new Map())
  let asked: 'en' | 'zh' | undefined

  async function fetchNames(withChinese: boolean): Promise<void> {
    asked = withChinese ? 'zh' : 'en'
    if (state.value === 'failed') state.value = 'loading'
    try {
      const [english, chinese] = await Promise.all([load('en'), withChinese ? load('zh') : []])
      known.value = together(english, chinese, language() === 'zh')
      byCode.value = new Map(known.value.flatMap(({ codes, emoji }) => codes.map((code) => [code, emoji])))
      state.value = 'ready'
    } catch {
      // The list shows the error; the next colon retries.
      asked = undefined
      state.value = 'failed'
    }
  }

  function look(query: string): void {
    const withChinese = language() === 'zh' || han.test(query)
    if (asked === undefined || (withChinese && asked === 'en')) void fetchNames(withChinese)
  }

  /** The workspace's own are there at once. Of equally good ones, they are first: somebody has added them for a reason. */
  const own = computed(() =>
    customIn(knownEmoji.value).map((one) => ({ ...one, name: '', words: ` ${one.words}` })),
  )

  function choices(raw: string): Choice[] {
    const query = fold(raw)
    if (han.test(query)) look(query)
    const found = [...own.value, ...known.value].flatMap((one) => {
      const rank = rankOf(one, query)
      return rank === undefined ? [] : [{ one, rank }]
    })
    return found
      .sort((a, b) => a.rank - b.rank)
      .slice(0, max)
      .map(({ one: { emoji, codes, name } }) => {
        const code = codes.find((each) => each.startsWith(query) && !han.test(each)) ?? codes[0] ?? ''
        return { kind: 'emoji', key: codes[0] ?? code, words: emoji, emoji, code, name }
      })
  }

  const named = (code: string): string | undefined => byCode.value.get(fold(code))
  return {
    kind: 'emoji',
    saysNone: false,
    pieceAt: emojiPiece,
    look,
    state,
    choices,
    named,
    isWhole: () => false,
    spell: (text) => withEmoji(text, named),
  }
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Short codes first, because people know those. In Chinese data, the names and their pinyin are the codes. */
function together(
  english: readonly Emoji[],
  chinese: readonly Emoji[],
  isChineseFirst: boolean,
): readonly Known[] {
  const other = new Map(chinese.map((one) => [one.emoji, one]))
  const taken = new Set(english.flatMap(({ codes }) => codes))
  return english.map(({ emoji, annotation, codes, words }) => {
    const more = other.get(emoji)
    const pinyin = (more?.codes ?? [])
      .map((code) => code.replaceAll('_', ''))
      .filter((code) => !taken.has(code))
    const own = more === undefined ? [] : [fold(more.annotation).replace(/\s+/g, '_')]
    return {
      emoji,
      codes: [...[...codes].sort((a, b) => a.length - b.length), ...own, ...pinyin],
      name: isChineseFirst ? (more?.annotation ?? annotation) : annotation,
      words: ` ${words} ${more?.words ?? ''}`,
    }
  })
}

/**
 * Lower is better: the whole name, its beginning (shorter names first), the beginning of a word in it; in Chinese,
 * anywhere.
 */
function rankOf({ codes, words }: Known, query: string): number | undefined {
  if (codes.includes(query)) return 0
  const begun = codes.filter((code) => code.startsWith(query)).map(({ length }) => length)
  if (begun.length > 0) return 1 + Math.min(...begun) / 1_000
  if (codes.some((code) => code.includes(`_${query}`) || code.includes(`-${query}`))) return 2
  if (words.includes(` ${query}`)) return 3
  return han.test(query) && words.includes(query) ? 4 : undefined
}
