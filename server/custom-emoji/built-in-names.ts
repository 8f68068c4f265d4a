// What the emoji that come with Unicode are called, in the lists that people complete from and in Slack's: no emoji of the workspace
// is called the same. Loaded when the first one is added.
import { foldEmojiName } from '../protocol/emoji-names.ts'
import { emojiOf } from '../slack/emoji.ts'

interface Listed {
  annotation: string
  shortcodes?: string[]
}

let loading: Promise<ReadonlySet<string>> | undefined

async function load(): Promise<ReadonlySet<string>> {
  const [english, chinese] = await Promise.all([
    import('emoji-picker-element-data/en/emojibase/data.json', { with: { type: 'json' } }),
    import('emoji-picker-element-data/zh/cldr/data.json', { with: { type: 'json' } }),
  ])
  const codes = (english.default as Listed[]).flatMap(({ shortcodes = [] }) => shortcodes)
  const names = (chinese.default as Listed[]).map(({ annotation }) => annotation.replace(/\s+/g, '_'))
  return new Set([...codes, ...names].map(foldEmojiName))
}

/** `name`: clean. */
export async function isBuiltIn(name: string): Promise<boolean> {
  loading ??= load()
  return emojiOf(name) !== undefined || (await loading).has(name)
}
