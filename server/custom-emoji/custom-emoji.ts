// The workspace's own emoji: SQL of `custom_emoji` and `emoji_names`, and who may change them.
import type { WorkspaceSettings } from '../access/workspace.ts'
import { granted, Refused } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import type { CustomEmoji, CustomEmojiBody, CustomEmojiListAnswer } from '../protocol/custom-emoji.ts'
import { cleanEmojiName, emojiKey } from '../protocol/emoji-names.ts'
import type { Refusal } from '../protocol/errors.ts'
import { customEmojiLimits } from '../protocol/custom-emoji-limits.ts'
import { personOf, type User } from '../protocol/people.ts'
import { hashOf, type Image } from '../pictures/images.ts'
import { isBuiltIn } from './built-in-names.ts'
import type { EmojiImage } from './emoji-image.ts'
import { noteEmoji, type KeptEmoji, type KnownEmoji } from './known-emoji.ts'

export interface CustomEmojisDeps {
  db: Db
  settings: Pick<WorkspaceSettings, 'read'>
  known: Pick<KnownEmoji, 'all' | 'version' | 'changed'>
}

/** Who changes emoji, and from where. */
export interface ChangingEmoji {
  by: User
  address: string
}

interface Kept {
  id: string
  name: string
}

const notFound: Refusal = { code: 'not_found' }

export class CustomEmojis {
  readonly #deps: CustomEmojisDeps

  constructor(deps: CustomEmojisDeps) {
    this.#deps = deps
  }

  async list(user: User): Promise<CustomEmojiListAnswer> {
    const mayAdd = await this.mayAdd(user)
    const { all, version } = this.#deps.known
    return { emoji: all.map((one) => shownTo(one, user, mayAdd)), mayAdd, version }
  }

  /** `still`: not moving. Undefined: there is none, or nothing but that. */
  async image(id: string, still: boolean): Promise<Image | undefined> {
    const which = still ? 'COALESCE(still, image)' : 'image'
    const [row] = await this.#deps.db.rows<Image>(
      `SELECT ${which} AS image, hash FROM custom_emoji WHERE id = ?`,
      [BigInt(id)],
    )
    return row
  }

  async add({ by, address }: ChangingEmoji, raw: string, image: EmojiImage): Promise<CustomEmoji | Refusal> {
    if (!(await this.mayAdd(by))) return { code: 'no_emoji_right' }
    const name = await freeName(raw)
    if (typeof name === 'object') return name
    return this.#changed(by, async (tx) => {
      const id = await insertEmoji(tx, { name, image, madeBy: by.id })
      await noteAudit(tx, {
        kind: 'emoji_added',
        by: personOf(by),
        address,
        about: { id, name: emojiKey(name) },
      })
      return id
    })
  }

  async change(
    { by, address }: ChangingEmoji,
    id: string,
    { name: rawName, aliases: rawAliases }: CustomEmojiBody,
  ): Promise<CustomEmoji | Refusal> {
    await this.#requireOwn(this.#deps.db, by, id)
    return this.#changed(by, async (tx) => {
      const { name: before } = await this.#requireOwn(tx, by, id)
      const name = rawName === undefined ? undefined : await freeName(rawName)
      if (typeof name === 'object') throw new Refused(name)
      const aliases = rawAliases === undefined ? undefined : granted(await freeNames(rawAliases))
      if (name !== undefined && name !== before) {
        // It may have been an alias of this one.
        await tx.run('DELETE FROM emoji_names WHERE emoji_id = ? AND name = ?', [BigInt(id), name])
        await tx.run('UPDATE emoji_names SET name = ? WHERE emoji_id = ? AND is_main = 1', [name, BigInt(id)])
      }
      if (aliases !== undefined) await setAliases(tx, id, aliases, name ?? before)
      const changed = {
        ...(name === undefined ? {} : { name: emojiKey(name) }),
        ...(aliases === undefined ? {} : { aliases: aliases.map(emojiKey).join(' ') }),
      }
      const about = { id, name: emojiKey(before), changed }
      await noteAudit(tx, { kind: 'emoji_changed', by: personOf(by), address, about })
      return id
    })
  }

  async remove({ by, address }: ChangingEmoji, id: string): Promise<Refusal | undefined> {
    await this.#requireOwn(this.#deps.db, by, id)
    const done = await this.#change(async (tx) => {
      const { name } = await this.#requireOwn(tx, by, id)
      await tx.run('DELETE FROM emoji_names WHERE emoji_id = ?', [BigInt(id)])
      await tx.run('DELETE FROM custom_emoji WHERE id = ?', [BigInt(id)])
      const about = { id, name: emojiKey(name) }
      await noteAudit(tx, { kind: 'emoji_removed', by: personOf(by), address, about })
      return id
    })
    return typeof done === 'object' ? done : undefined
  }

  /**
   * A setting of the workspace; never guests or programs. Trap: within a transaction it must not wait for another connection,
   * which all others may hold.
   */
  async mayAdd({ admin, guest, bot }: User, tx?: Queryable): Promise<boolean> {
    if (admin) return true
    return !guest && bot !== true && (await this.#deps.settings.read(tx)).emoji === 'members'
  }

  async #changed(by: User, work: (tx: Queryable) => Promise<string>): Promise<CustomEmoji | Refusal> {
    const done = await this.#change(work)
    if (typeof done === 'object') return done
    const mayAdd = await this.mayAdd(by)
    const found = this.#deps.known.all.find(({ id }) => id === done)
    return found === undefined ? notFound : shownTo(found, by, mayAdd)
  }

  /** The servers know it a moment later, this one at once. `work` answers the emoji's id. */
  async #change(work: (tx: Queryable) => Promise<string>): Promise<string | Refusal> {
    const { db, known } = this.#deps
    try {
      const id = await db.transaction(async (tx) => {
        await noteEmoji(tx)
        return work(tx)
      })
      await known.changed()
      return id
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      if (isDuplicate(error)) return { code: 'emoji_name_taken' }
      throw error
    }
  }

  /**
   * Also before the transaction, which keeps others waiting: what is not there, or not theirs, is refused without one, and tells
   * nothing of names. @throws Refused
   */
  async #requireOwn(tx: Queryable, user: User, id: string): Promise<Kept> {
    const [row] = await tx.rows<{ name: string; made_by: number | null }>(
      `SELECT n.name, e.made_by FROM custom_emoji e JOIN emoji_names n ON n.emoji_id = e.id AND n.is_main = 1
       WHERE e.id = ?`,
      [BigInt(id)],
    )
    if (row === undefined) throw new Refused(notFound)
    const isOwn = row.made_by !== null && String(row.made_by) === user.id
    if (!user.admin && !(isOwn && (await this.mayAdd(user, tx))))
      throw new Refused({ code: 'no_emoji_right' })
    return { id, name: row.name }
  }
}

const shownTo = (one: KeptEmoji, user: User, mayAdd: boolean): CustomEmoji => ({
  ...one,
  mayChange: user.admin || (mayAdd && one.by?.id === user.id),
})

/** Clean, and none of a built-in emoji. */
export async function freeName(raw: string): Promise<string | Refusal> {
  const name = cleanEmojiName(raw)
  if (name === undefined) return { code: 'bad_emoji_name' }
  return (await isBuiltIn(name)) ? { code: 'emoji_name_taken' } : name
}

async function freeNames(raw: readonly string[]): Promise<string[] | Refusal> {
  const names = new Set<string>()
  for (const one of raw) {
    const name = await freeName(one)
    if (typeof name === 'object') return name
    names.add(name)
  }
  return names.size > customEmojiLimits.aliases ? { code: 'too_many_emoji' } : [...names]
}

/** @throws Refused, or a duplicate name */
export async function insertEmoji(
  tx: Queryable,
  { name, image: { image, still }, madeBy }: { name: string; image: EmojiImage; madeBy: string | null },
): Promise<string> {
  const rows = await tx.rows('SELECT id FROM custom_emoji')
  if (rows.length >= customEmojiLimits.atOnce) throw new Refused({ code: 'too_many_emoji' })
  const { insertId } = await tx.run(
    'INSERT INTO custom_emoji (image, still, hash, made_by, made_at) VALUES (?)',
    [[image, still ?? null, hashOf(image), madeBy === null ? null : BigInt(madeBy), new Date()]],
  )
  await tx.run('INSERT INTO emoji_names (name, emoji_id, is_main) VALUES (?)', [[name, BigInt(insertId), 1]])
  return insertId
}

/** `main`: its own name, which is no alias. @throws a duplicate name */
export async function setAliases(
  tx: Queryable,
  id: string,
  aliases: readonly string[],
  main: string,
): Promise<void> {
  await tx.run('DELETE FROM emoji_names WHERE emoji_id = ? AND is_main = 0', [BigInt(id)])
  const rows = aliases.filter((alias) => alias !== main).map((alias) => [alias, BigInt(id), 0])
  if (rows.length > 0) await tx.run('INSERT INTO emoji_names (name, emoji_id, is_main) VALUES ?', [rows])
}
