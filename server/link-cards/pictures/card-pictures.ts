// The pictures of cards: their bytes in the store of blobs, and which messages show them. SQL of `link_card_blobs` and
// `link_card_pictures`. Invariant: the row of a blob is there before its bytes, and a message's row before its card is in the log, so
// that what nobody shows any more is always found.
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { isRefusal } from '../../answer.ts'
import type { Db } from '../../db.ts'
import { cardKey, type BlobStore } from '../../files/stores/blob-store.ts'
import type { History } from '../../history/history.ts'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'
import type { LinkCard } from '../../protocol/link-cards.ts'
import type { Refusal } from '../../protocol/errors.ts'

export interface CardPicturesDeps {
  db: Db
  blobs: BlobStore
  /** For bytes that are on their way into the store. */
  folder: string
  history: Pick<History, 'find'>
}

export interface Place {
  room: string
  seq: number
}

/** The pictures that a card shows. */
export const picturesOf = ({ image, icon }: Pick<LinkCard, 'image' | 'icon'>): string[] => [
  ...(image === undefined ? [] : [image.hash]),
  ...(icon === undefined ? [] : [icon]),
]

export class CardPictures {
  readonly #deps: CardPicturesDeps

  constructor(deps: CardPicturesDeps) {
    this.#deps = deps
  }

  /** Its hash. */
  async keep(bytes: Uint8Array): Promise<string> {
    const { db, blobs, folder } = this.#deps
    const hash = createHash('sha256').update(bytes).digest('hex')
    await db.run(
      `INSERT INTO link_card_blobs (hash, size, used_ms) VALUES (?)
       ON DUPLICATE KEY UPDATE used_ms = VALUES(used_ms)`,
      [[hash, bytes.length, Date.now()]],
    )
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = path.join(folder, `${randomUUID()}.card`)
    try {
      await writeFile(file, bytes, { mode: 0o600 })
      await blobs.put(cardKey(hash), file)
      return hash
    } finally {
      await rm(file, { force: true })
    }
  }

  /** Whether all of these are there, and will be for a while. */
  async stillHas(hashes: readonly string[]): Promise<boolean> {
    if (hashes.length === 0) return true
    const { db } = this.#deps
    await db.run('UPDATE link_card_blobs SET used_ms = ? WHERE hash IN (?)', [Date.now(), [...hashes]])
    const rows = await db.rows('SELECT hash FROM link_card_blobs WHERE hash IN (?)', [[...hashes]])
    return rows.length === new Set(hashes).size
  }

  /** Before the cards are in the log. */
  async hold({ room, seq }: Place, cards: readonly LinkCard[]): Promise<void> {
    const rows = [...new Set(cards.flatMap(picturesOf))].map((hash) => [BigInt(room), seq, hash])
    if (rows.length > 0)
      await this.#deps.db.run('INSERT IGNORE INTO link_card_pictures (room_id, seq, hash) VALUES ?', [rows])
  }

  /** Of a message that shows these cards by now: no others are held. */
  async letGo({ room, seq }: Place, cards: readonly LinkCard[]): Promise<void> {
    const kept = cards.flatMap(picturesOf)
    await this.#deps.db.run(
      `DELETE FROM link_card_pictures WHERE room_id = ? AND seq = ?${kept.length === 0 ? '' : ' AND hash NOT IN (?)'}`,
      [BigInt(room), seq, ...(kept.length === 0 ? [] : [kept])],
    )
  }

  /** Undefined: for whoever may read the message, it is a picture that one of its cards shows now. */
  async refuse({ room, seq }: Place, hash: string): Promise<Refusal | undefined> {
    const message = await this.#deps.history.find(room, seq)
    if (isRefusal(message)) return message
    const isShown = message?.cards?.some((card) => picturesOf(card).includes(hash)) === true
    return isShown ? undefined : { code: 'not_found' }
  }

  async read(hash: string): Promise<Readable | Refusal> {
    const { blobs } = this.#deps
    if ((await blobs.sizeOf(cardKey(hash))) === undefined) return { code: 'not_found' }
    return blobs.read(cardKey(hash))
  }

  /** Removes bytes that no message shows or is about to show. Answers whether there may be more. */
  async sweep(now: number = Date.now()): Promise<boolean> {
    const { atOnce, afterMs } = linkCardLimits.sweep
    const unused = `used_ms < ? AND NOT EXISTS (SELECT 1 FROM link_card_pictures p WHERE p.hash = link_card_blobs.hash)`
    const rows = await this.#deps.db.rows<{ hash: string }>(
      `SELECT hash FROM link_card_blobs WHERE ${unused} ORDER BY used_ms LIMIT ?`,
      [now - afterMs, atOnce],
    )
    for (const { hash } of rows)
      await this.#deps.db.transaction(async (tx) => {
        const [still] = await tx.rows(
          `SELECT hash FROM link_card_blobs WHERE hash = ? AND ${unused} FOR UPDATE`,
          [hash, now - afterMs],
        )
        if (still === undefined) return
        // The bytes first: what is interrupted here is found again.
        await this.#deps.blobs.remove(cardKey(hash))
        await tx.run('DELETE FROM link_card_blobs WHERE hash = ?', [hash])
      })
    return rows.length === atOnce
  }
}
