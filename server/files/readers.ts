// Who may read a file: its owner before it is sent, then whoever may read the message that holds it, or handle the case in which
// that waits for review, as all are at this moment.
import { granted } from '../answer.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Log } from '../log/log.ts'
import { saidBefore } from './claims.ts'
import { findFile, type FileRow } from './file-row.ts'

export interface ReadersDeps {
  db: Db
  log: Pick<Log, 'tail'>
  history: Pick<History, 'find'>
  memberships: Pick<Memberships, 'find'>
  /** Messages that wait for review. */
  held: { mayReview: (userId: string, file: FileRow) => Promise<boolean> }
}

export class Readers {
  readonly #deps: ReadersDeps

  constructor(deps: ReadersDeps) {
    this.#deps = deps
  }

  /**
   * Undefined: there is no such file, or it is none of theirs, which look the same.
   * @throws Refused when it cannot be known now
   */
  async find(userId: string, id: string): Promise<FileRow | undefined> {
    const row = await findFile(this.#deps.db, id)
    if (row === undefined) return undefined
    return (await this.#mayRead(userId, row)) ? row : undefined
  }

  async #mayRead(userId: string, row: FileRow): Promise<boolean> {
    const isOwn = String(row.user_id) === userId
    if (row.room_id === null) return isOwn
    return (await this.#mayReadMessage(userId, row, isOwn)) || this.#deps.held.mayReview(userId, row)
  }

  async #mayReadMessage(userId: string, row: FileRow, isOwn: boolean): Promise<boolean> {
    const { memberships, history } = this.#deps
    const room = String(row.room_id)
    if ((await memberships.find(userId, room)) === undefined) return false
    const seq = row.seq ?? (await this.#seqOf(row))
    // On its way into the log, or held back for review: its owner sees it.
    if (seq === undefined) return isOwn
    const found = await history.find(room, Number(seq))
    const message = found === undefined ? undefined : granted(found)
    return message?.deletedAt === null && message.files?.some(({ id }) => id === String(row.id)) === true
  }

  async #seqOf({ user_id, room_id, message_cid }: FileRow): Promise<number | undefined> {
    if (room_id === null || message_cid === null) return undefined
    const place = { user: String(user_id), room: String(room_id), cid: message_cid }
    return (await saidBefore(this.#deps, place))?.seq
  }
}
