// A message takes its files: only its author's own, whole, and in no other message. Sent again under the same cid it has them
// already. Called by whatever says a message, once the gate has let its author pass.
import { isRefusal } from '../answer.ts'
import { unlessAway, type Db } from '../db.ts'
import { findCid } from '../history/sql/messages.ts'
import type { Appended } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { FileRef } from '../protocol/files.ts'
import { findFiles, refOf, type FileRow } from './file-row.ts'

export interface Claim {
  user: string
  room: string
  cid: string
  files: readonly string[]
}

export interface ClaimsDeps {
  db: Db
  log: Pick<Log, 'tail'>
  /** Makes whole what has all of its bytes: a server may have been killed just before. */
  finish: (id: string) => Promise<object>
}

export class Claims {
  readonly #deps: ClaimsDeps

  constructor(deps: ClaimsDeps) {
    this.#deps = deps
  }

  /** What the message says of its files; or that it was said long ago, and its files are gone by now. */
  async claim(claim: Claim): Promise<FileRef[] | Appended | Refusal> {
    return unlessAway(async () => {
      const first = await this.#take(claim)
      const again = isUnfinished(first) ? await this.#finishAll(claim) : first
      if (Array.isArray(again) || again.code !== 'file_gone') return again
      return (await saidBefore(this.#deps, claim)) ?? again
    })
  }

  /** Of a message that was not said after all: they can be sent with another one. */
  async giveBack({ user, room, cid, files }: Claim): Promise<void> {
    await this.#deps.db.run(
      `UPDATE files SET room_id = NULL, message_cid = NULL, claimed_ms = NULL
       WHERE id IN (?) AND user_id = ? AND room_id = ? AND message_cid = ? AND seq IS NULL`,
      [files.map(BigInt), BigInt(user), BigInt(room), cid],
    )
  }

  async #finishAll(claim: Claim): Promise<FileRef[] | Refusal> {
    for (const id of claim.files) {
      const outcome = await this.#deps.finish(id)
      if (isRefusal(outcome) && outcome.code === 'files_away') return outcome
    }
    return this.#take(claim)
  }

  #take(claim: Claim): Promise<FileRef[] | Refusal> {
    const { user, room, cid, files } = claim
    return this.#deps.db.transaction(async (tx) => {
      const rows = await findFiles(tx, files, 'lock')
      const own: FileRow[] = []
      for (const row of rows) {
        const refusal = refusalOf(row, claim)
        if (refusal !== undefined) return refusal
        if (row !== undefined) own.push(row)
      }
      // Last: what waits for the bytes of others would ask whoever sends them to let go.
      if (own.some(({ whole_ms }) => whole_ms === null))
        return { code: 'file_unfinished', retryAfterMs: 1_000 }
      // Also of what was claimed long ago, and is sent again only now: the sweep leaves it alone.
      if (own.some(({ seq }) => seq === null))
        await tx.run(
          `UPDATE files SET room_id = ?, message_cid = ?, claimed_ms = ?
           WHERE id IN (?) AND user_id = ? AND seq IS NULL`,
          [BigInt(room), cid, Date.now(), files.map(BigInt), BigInt(user)],
        )
      return own.map(refOf)
    })
  }
}

function refusalOf(row: FileRow | undefined, { user, room, cid }: Claim): Refusal | undefined {
  if (row === undefined || String(row.user_id) !== user) return { code: 'file_gone' }
  const isTaken = row.room_id !== null && (String(row.room_id) !== room || row.message_cid !== cid)
  return isTaken ? { code: 'file_taken' } : undefined
}

const isUnfinished = (answer: FileRef[] | Refusal): boolean =>
  !Array.isArray(answer) && isRefusal(answer) && answer.code === 'file_unfinished'

/** The message that somebody said under this cid; undefined: it is neither in MySQL nor in memory, which has all that MySQL lacks. */
export async function saidBefore(
  { db, log }: Pick<ClaimsDeps, 'db' | 'log'>,
  { user, room, cid }: Pick<Claim, 'user' | 'room' | 'cid'>,
): Promise<Appended | undefined> {
  const tail = log.tail(room)
  for (const entry of tail?.backwards(room, Number.MAX_SAFE_INTEGER) ?? [])
    if (entry.cid === cid && 'user' in entry.event && entry.event.user.id === user)
      return { seq: entry.seq, at: entry.event.at }
  const kept = await findCid(db, user, cid)
  return kept?.room === room ? { seq: kept.seq, at: kept.at } : undefined
}
