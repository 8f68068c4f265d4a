// Messages lose their words, and with them the pictures of their cards; the sweep removes the bytes. Apart, because history calls it.
import type { Queryable } from '../../db.ts'

/** In the transaction that removes the words of these messages: from then on they hold no pictures. */
export async function forgetPictures(tx: Queryable, room: string, seqs: readonly number[]): Promise<void> {
  if (seqs.length > 0)
    await tx.run('DELETE FROM link_card_pictures WHERE room_id = ? AND seq IN (?)', [BigInt(room), [...seqs]])
}
