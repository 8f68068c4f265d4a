// Brings a source's own emoji, each once: one of the same name here is taken for the same. No right is checked: whoever runs the
// import decides.
import { noteAudit } from '../audit/audit.ts'
import { isBuiltIn } from '../custom-emoji/built-in-names.ts'
import { insertEmoji } from '../custom-emoji/custom-emoji.ts'
import { emojiImageOf } from '../custom-emoji/emoji-image.ts'
import { noteEmoji, readEmoji } from '../custom-emoji/known-emoji.ts'
import { isRefusal, Refused } from '../answer.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { cleanEmojiName, emojiKey } from '../protocol/emoji-names.ts'
import { openPictures, type Pictures } from '../pictures/pictures.ts'
import { errors, type ErrorCode } from '../protocol/errors.ts'
import type { Refuse, Source, SourceEmoji } from './source.ts'

export interface EmojiImport {
  db: Db
  source: Source
  dryRun: boolean
  refuse: Refuse
  signal: AbortSignal
}

/** Returns how many are new. Then the source knows what each is called here. */
export async function bringEmoji(options: EmojiImport): Promise<number> {
  const pictures = openPictures({ onTask: () => undefined, onFailure: () => undefined })
  try {
    return await bring(options, pictures)
  } finally {
    pictures.close()
  }
}

async function bring(
  { db, source, dryRun, refuse, signal }: EmojiImport,
  pictures: Pictures,
): Promise<number> {
  const { names } = await readEmoji(db)
  const here = new Map(names)
  let made = 0
  const add = async (one: SourceEmoji): Promise<void> => {
    const name = cleanEmojiName(one.name)
    if (name !== undefined && (here.has(name) || (await isBuiltIn(name)))) return
    const why = name === undefined ? wordsOf('bad_emoji_name') : await put(one, name)
    if (why !== undefined || name === undefined)
      return refuse({ place: one.place, why: why ?? '', expected: false })
    made += 1
    for (const each of [name, ...cleanAliases(one)]) if (!here.has(each)) here.set(each, name)
  }
  const put = async (one: SourceEmoji, name: string): Promise<string | undefined> => {
    if (one.image === undefined) return 'its image could not be had'
    const image = await emojiImageOf({ pictures, person: 'import' }, one.image, signal)
    if (isRefusal(image)) return wordsOf(image.code)
    if (dryRun) return undefined
    try {
      await db.transaction(async (tx) => {
        await noteEmoji(tx)
        const id = await insertEmoji(tx, { name, image, madeBy: null })
        await addAliases(tx, id, cleanAliases(one))
        await noteAudit(tx, { kind: 'emoji_added', about: { id, name: emojiKey(name) } })
      })
    } catch (error) {
      if (error instanceof Refused) return wordsOf(error.refusal.code)
      // Somebody has added it at this moment.
      if (isDuplicate(error)) return wordsOf('emoji_name_taken')
      throw error
    }
    return undefined
  }
  for await (const one of source.emoji?.(signal) ?? []) {
    signal.throwIfAborted()
    await add(one)
  }
  source.learnEmoji?.((raw) => {
    const name = here.get(cleanEmojiName(raw) ?? '')
    return name === undefined ? undefined : emojiKey(name)
  })
  return made
}

const cleanAliases = ({ aliases = [] }: SourceEmoji): string[] =>
  aliases.flatMap((alias) => cleanEmojiName(alias) ?? [])

/** Without those that are taken. */
async function addAliases(tx: Queryable, id: string, aliases: readonly string[]): Promise<void> {
  for (const alias of aliases)
    if (!(await isBuiltIn(alias)))
      await tx.run('INSERT IGNORE INTO emoji_names (name, emoji_id, is_main) VALUES (?)', [
        [alias, BigInt(id), 0],
      ])
}

const wordsOf = (code: ErrorCode): string => errors[code].words
