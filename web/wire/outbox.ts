// What a person has sent or changed and the server has not yet answered. It is stored before it is sent, and sent until
// it is answered, in order and one at a time per room. Text that the server refuses stays as failed, with the reason; a
// refused deletion, reaction or pin is reported and dropped. Invariant: only an answer, or the person, removes a
// message. No answer means unknown: the same cid is sent again.
import { newCid } from '../../server/protocol/cid.ts'
import type { Delete, Edit, Pin, React, Send } from '../../server/protocol/requests.ts'
import type { ErrorEvent } from '../../server/protocol/events.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import { waitMs } from './back-off.ts'
import { gathered, isReady, startedAnew, withWhole } from './outbox-files.ts'
import { inOrder, type OutboxStorage } from './outbox-storage.ts'
import {
  bodyOf,
  isChanging,
  sendable,
  type Outgoing,
  type OutgoingChange,
  type OwnChange,
  type WrittenBody,
} from './outgoing.ts'
import { mayRetry, type Refusal } from './refusal.ts'
import { unsharedLock, type SendLock } from './send-lock.ts'

/** The server refuses within 2 s what it cannot accept; after this long the answer is lost. */
const answerMs = 8_000

/** What is sent from here to the server. */
export type Said = Send | Edit | Delete | React | Pin

export interface OutboxDeps {
  storage: OutboxStorage
  user: string
  /** Sends it to the server; false: there is no connection. */
  tell: (said: Said) => boolean
  /** An answer is overdue: is the connection alive? */
  doubt: () => void
  /** What waits or failed, in order, after each change. */
  changed: (items: Outgoing[]) => void
  /** A deletion, a reaction or a pin was refused; it is dropped, because there is no text to save. */
  dropped: (item: OutgoingChange, refusal: Refusal) => void
  /** The other tabs of this browser should reload. */
  announce: () => void
}

/** The message a room is sending, or the pause after a refusal. */
interface Flight {
  cid: string
  timer: ReturnType<typeof setTimeout>
}

export class Outbox {
  readonly #deps: OutboxDeps
  #items: Outgoing[] = []
  #isLive = false
  #lock: SendLock | undefined
  #asking: AbortController | undefined
  readonly #flights = new Map<string, Flight>()
  readonly #failures = new Map<string, number>()
  /** Being written: not sent yet, and not dropped if the storage is read meanwhile. */
  readonly #writing = new Set<string>()
  /** Could not be written: only here, and so never dropped when the storage is read. */
  readonly #unkept = new Set<string>()
  /** Answered or withdrawn here: not shown again if the storage is read meanwhile. */
  readonly #gone = new Set<string>()

  constructor(deps: OutboxDeps) {
    this.#deps = deps
  }

  get items(): readonly Outgoing[] {
    return this.#items
  }

  /** Accepts a message; it is shown at once, stored, and sent in order. Returns its cid. */
  put(room: string, body: WrittenBody): string {
    return this.#take(gathered({ ...this.#envelope(room), ...body }))
  }

  /** The server has the file `key` of a message that waits for it. */
  fileWhole(cid: string, key: string, ref: FileRef): void {
    const item = this.#find(cid)
    const next = item && withWhole(item, key, ref)
    if (next !== undefined) this.#write(next)
  }

  /** A file of the message cannot be uploaded. */
  fileRefused(cid: string, refusal: Refusal): void {
    const item = this.#find(cid)
    if (item?.state === 'waiting') this.#write({ ...item, state: 'failed', refusal })
  }

  /** Accepts a change of a message; it queues with the messages of the room. */
  change(room: string, change: OwnChange): string {
    return this.#take({ ...this.#envelope(room), change })
  }

  #envelope(room: string) {
    const at = Date.now()
    // Microseconds of the clock that all tabs share; above all existing items, even if the clock was set back.
    const place = Math.max(at * 1_000, (this.#items.at(-1)?.place ?? 0) + 1)
    return { cid: newCid(), room, user: this.#deps.user, place, at, state: 'waiting' as const }
  }

  #take(item: Outgoing): string {
    this.#write(item)
    return item.cid
  }

  /** Sends a failed item again, unchanged, with the same cid: the same text is the same message. */
  resend(cid: string): void {
    const item = this.#find(cid)
    if (item?.state !== 'failed') return
    const { refusal: _refusal, ...kept } = item
    this.#write({ ...kept, state: 'waiting' })
  }

  /** Removes an item for good: answered, or no longer wanted. What is being sent may still arrive. */
  remove(cid: string): Outgoing | undefined {
    const item = this.#find(cid)
    if (item === undefined) return undefined
    this.#gone.add(cid)
    this.#show(this.#items.filter((other) => other.cid !== cid))
    if (this.#flights.get(item.room)?.cid === cid) this.#land(item.room)
    void this.#keep(() => this.#deps.storage.remove(cid))
    this.#pump()
    return item
  }

  /** The message is in the log. Returns it, if it was waiting here. */
  logged(cid: string): Outgoing | undefined {
    const item = this.remove(cid)
    if (item !== undefined) this.#failures.delete(item.room)
    return item
  }

  /** The server cannot accept it now, or does not accept it as it is. */
  refused({ cid, code, retryAfterMs }: ErrorEvent): void {
    const item = this.#items.find((waiting) => waiting.cid === cid)
    if (item === undefined || item.state === 'failed') return
    this.#land(item.room)
    // Being signed out is no fault of the message: it waits until this person is back.
    if (mayRetry(code) || code === 'signed_out') return this.#pauseRoom(item, retryAfterMs)
    this.#failures.delete(item.room)
    const anew = code === 'file_gone' ? startedAnew(item) : undefined
    if (anew !== undefined) return this.#write(anew)
    // It is kept by the server now, which tells the author what becomes of it.
    if (code === 'held_for_review') return void this.remove(item.cid)
    if (!isChanging(item) || item.change.type === 'edit')
      return this.#write({ ...item, state: 'failed', refusal: { code } })
    this.remove(cid ?? '')
    this.#deps.dropped(item, { code })
  }

  /** The connection is there, or gone: then what was being sent is unknown, and is sent again on the next one. */
  live(isLive: boolean): void {
    this.#isLive = isLive
    for (const room of [...this.#flights.keys()]) this.#land(room)
    this.#pump()
  }

  /** Reads the storage, which other tabs write too. */
  async refresh(): Promise<void> {
    const stored = await this.#stored()
    const isOwn = ({ cid }: Outgoing) => this.#writing.has(cid) || this.#unkept.has(cid)
    const others = stored.filter((item) => !isOwn(item) && !this.#gone.has(item.cid))
    this.#show(inOrder([...others, ...this.#items.filter(isOwn)]))
    this.#pump()
  }

  close(): void {
    this.live(false)
  }

  #find(cid: string): Outgoing | undefined {
    return this.#items.find((item) => item.cid === cid)
  }

  #show(items: Outgoing[]): void {
    this.#items = items
    this.#deps.changed(items)
  }

  async #stored(): Promise<readonly Outgoing[]> {
    try {
      return await this.#deps.storage.all(this.#deps.user)
    } catch (error) {
      console.warn('The outbox could not be read.', error)
      return this.#items
    }
  }

  #write(item: Outgoing): void {
    this.#writing.add(item.cid)
    this.#show(inOrder([...this.#items.filter(({ cid }) => cid !== item.cid), item]))
    void this.#keep(() => this.#deps.storage.put(item)).then((isKept) => {
      this.#writing.delete(item.cid)
      if (isKept) this.#unkept.delete(item.cid)
      else this.#unkept.add(item.cid)
      if (this.#gone.has(item.cid)) void this.#keep(() => this.#deps.storage.remove(item.cid))
      this.#pump()
    })
  }

  /** A full or broken disk is no reason not to send: the message then lives only in this tab. */
  async #keep(change: () => Promise<void>): Promise<boolean> {
    try {
      await change()
      this.#deps.announce()
      return true
    } catch (error) {
      console.warn('The outbox could not be written.', error)
      return false
    }
  }

  #pump(): void {
    const waiting = this.#items.filter((item) => item.state === 'waiting' && isReady(item))
    if (!this.#isLive || waiting.length === 0) return this.#rest()
    if (this.#lock?.isHeld() !== true) return void this.#askLock()
    const first = new Map<string, Outgoing>()
    for (const item of waiting) if (!first.has(item.room)) first.set(item.room, item)
    for (const item of first.values()) this.#send(item)
  }

  #send(item: Outgoing): void {
    if (this.#flights.has(item.room) || this.#writing.has(item.cid)) return
    if (!this.#deps.tell(saidBy(item))) return
    this.#fly(item, answerMs, () => {
      this.#deps.doubt()
      this.#pauseRoom(item)
    })
  }

  #fly({ room, cid }: Outgoing, ms: number, late: () => void): void {
    clearTimeout(this.#flights.get(room)?.timer)
    this.#flights.set(room, { cid, timer: setTimeout(late, ms) })
  }

  #land(room: string): void {
    clearTimeout(this.#flights.get(room)?.timer)
    this.#flights.delete(room)
  }

  /** The same message is retried after a while; those behind it in the room wait. */
  #pauseRoom(item: Outgoing, atLeastMs = 0): void {
    const failures = (this.#failures.get(item.room) ?? 0) + 1
    this.#failures.set(item.room, failures)
    this.#fly(item, atLeastMs + waitMs(failures), () => {
      this.#land(item.room)
      this.#pump()
    })
  }

  /** Nothing to send, or no connection: another tab may have the lock. */
  #rest(): void {
    this.#asking?.abort()
    this.#asking = undefined
    this.#lock?.release()
    this.#lock = undefined
  }

  async #askLock(): Promise<void> {
    if (this.#asking !== undefined) return
    this.#lock?.release()
    const asking = new AbortController()
    this.#asking = asking
    const lock = await this.#acquireLock(asking.signal)
    if (asking.signal.aborted) return lock?.release()
    this.#asking = undefined
    this.#lock = lock
    // Another tab may have sent some of it while it had the lock.
    await this.refresh()
  }

  /** A storage that fails is shared with nobody: this tab continues alone. */
  async #acquireLock(signal: AbortSignal): Promise<SendLock | undefined> {
    try {
      return await this.#deps.storage.acquireLock(this.#deps.user, signal)
    } catch (error) {
      console.warn('The lock for sending could not be shared with other tabs.', error)
      return unsharedLock(this.#deps.user, signal)
    }
  }
}

function saidBy(item: Outgoing): Said {
  const { room, cid } = item
  if (isChanging(item)) return { ...item.change, room, cid }
  return { type: 'send', room, cid, ...sendable(bodyOf(item)) }
}
