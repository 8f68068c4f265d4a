// The workspace's own emoji and their names, in this process's memory: a reaction and the list of all ask no store. Images stay in
// MySQL. Limit: customEmojiLimits.atOnce, some 300 bytes each.
import type { Db, Queryable } from '../db.ts'
import { countChange } from '../facts.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import type { CustomEmoji } from '../protocol/custom-emoji.ts'
import { emojiKey, nameInKey } from '../protocol/emoji-names.ts'
import { customEmojiLimits } from '../protocol/custom-emoji-limits.ts'
import type { NameOf } from '../protocol/present-names.ts'

const fact = 'emoji'

export type KeptEmoji = Omit<CustomEmoji, 'mayChange'>

interface Row {
  id: number
  hash: string
  moves: number
  made_by: number | null
  maker: string | null
  made_at: Date
}

interface NameRow {
  name: string
  emoji_id: number
  is_main: number
}

/** First in the transaction that changes an emoji: other changes wait for its end. */
export const noteEmoji = (tx: Queryable): Promise<void> => countChange(tx, fact)

export interface KnownEmojiDeps extends MemoryCopyDeps {
  nameOf: NameOf
}

export class KnownEmoji extends MemoryCopy {
  readonly #nameOf: NameOf
  readonly #listeners = new Set<(version: string) => void>()
  #all: readonly KeptEmoji[] = []
  #names: ReadonlyMap<string, string> = new Map()
  #version = ''

  constructor({ nameOf, ...deps }: KnownEmojiDeps) {
    super(deps, { signal: 'emoji', fact, everyMs: customEmojiLimits.lookEveryMs, where: 'reading the emoji' })
    this.#nameOf = nameOf
  }

  /** By name. */
  get all(): readonly KeptEmoji[] {
    return this.#all.map((one) => (one.by === null ? one : { ...one, by: this.#named(one.by) }))
  }

  /** Names this list of them; '': there are none. */
  get version(): string {
    return this.#version
  }

  /** The key of a reaction: that of the emoji's own name, for an alias too. Undefined: there is none of this name. */
  keyOf(key: string): string | undefined {
    const name = this.#names.get(nameInKey(key) ?? '')
    return name === undefined ? undefined : emojiKey(name)
  }

  /** Called after each change, with the new version. */
  onChange(listener: (version: string) => void): void {
    this.#listeners.add(listener)
  }

  #named(person: NonNullable<KeptEmoji['by']>): KeptEmoji['by'] {
    return { ...person, name: this.#nameOf(person.id, person.name) ?? person.name }
  }

  protected async take(db: Db, version: string): Promise<void> {
    const isFirst = this.#version === '' && this.#all.length === 0
    const { all, names } = await readEmoji(db)
    this.#all = all
    this.#names = names
    this.#version = all.length === 0 ? '' : version
    if (!isFirst || all.length > 0) for (const listener of this.#listeners) listener(this.#version)
  }
}

/** All of them by name, and to each name the main one of its emoji. Also for a command, which is over before they change. */
export async function readEmoji(
  db: Queryable,
): Promise<{ all: KeptEmoji[]; names: ReadonlyMap<string, string> }> {
  const [rows, named] = await Promise.all([
    db.rows<Row>(
      `SELECT e.id, e.hash, e.still IS NOT NULL AS moves, e.made_by, u.name AS maker, e.made_at
       FROM custom_emoji e LEFT JOIN users u ON u.id = e.made_by`,
    ),
    db.rows<NameRow>('SELECT name, emoji_id, is_main FROM emoji_names ORDER BY name'),
  ])
  const namesOf = new Map<number, NameRow[]>()
  for (const one of named) namesOf.set(one.emoji_id, [...(namesOf.get(one.emoji_id) ?? []), one])
  const all = rows.flatMap((row) => emojiOf(row, namesOf.get(row.id) ?? []) ?? [])
  const names = new Map(all.flatMap(({ name, aliases }) => [name, ...aliases].map((each) => [each, name])))
  return { all: all.sort((a, b) => (a.name < b.name ? -1 : 1)), names }
}

function emojiOf(row: Row, names: readonly NameRow[]): KeptEmoji | undefined {
  const main = names.find(({ is_main }) => is_main === 1)
  if (main === undefined) return undefined
  return {
    id: String(row.id),
    name: main.name,
    aliases: names.filter((one) => one !== main).map(({ name }) => name),
    v: row.hash,
    ...(Number(row.moves) === 1 ? { animated: true as const } : {}),
    by: row.made_by === null || row.maker === null ? null : { id: String(row.made_by), name: row.maker },
    at: row.made_at.getTime(),
  }
}
