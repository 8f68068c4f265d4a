// What a person has said or changed and the server has not yet answered. It is kept before it is sent, sent until it is
// answered, in order and one at a time per room. Words that the server refuses for their content stay as failed, with
// the reason; a refused deletion, reaction or pin is told and gone.
// Invariant: only an answer, or the person, takes a message out. No answer means unknown: the same cid goes again.
import { newCid } from '../../server/protocol/cid.ts'
import type { Delete, Edit, Pin, React, Send } from '../../server/protocol/commands.ts'
import type { ErrorEvent } from '../../server/protocol/events.ts'
import { waitMs } from './back-off.ts'
import { inOrder, type OutboxStorage } from './outbox-storage.ts'
import {
  isChanging,
  type Outgoing,
  type OutgoingChange,
  type OutgoingMessage,
  type OwnChange,
  type SaidWhere,
} from './outgoing.ts'
import { mayRetry, type Refusal } from './refusal.ts'
import { takeAloneTurn, type Turn } from './turn.ts'

/** The server refuses within 2 s what it cannot take; after this long the answer is lost. */
const answerMs = 8_000

/** What goes from here to the server. */
export type Said = Send | Edit | Delete | React | Pin

export interface OutboxDoors {
  storage: OutboxStorage
  user: string
  /** Says it to the server; false: there is no connection. */
  tell: (said: Said) => boolean
  /** An answer is overdue: is the connection alive? */
  doubt: () => void
  /** What waits or failed, in order, after each change. */
  changed: (items: Outgoing[]) => void
  /** A deletion, a reaction or a pin was refused; it is not kept, for there are no words in it to save. */
  dropped: (item: OutgoingChange, refusal: Refusal) => void
  /** The other tabs of this browser should look again. */
  announce: () => void
}

/** The message a room is sending, or the pause after one that could not be taken. */
interface Flight {
  cid: string
  timer: ReturnType<typeof setTimeout>
}

export class Outbox {
  readonly #doors: OutboxDoors
  #items: Outgoing[] = []
  #isLive = false
  #turn: Turn | undefined
  #asking: AbortController | undefined
  readonly #flights = new Map<string, Flight>()
  readonly #failures = new Map<string, number>()
  /** Being written: not sent before, and not forgotten when the storage is read meanwhile. */
  readonly #writing = new Set<string>()
  /** Could not be written: here alone, and so never forgotten when the storage is read. */
  readonly #unkept = new Set<string>()
  /** Answered or taken back here: not shown again when the storage is read meanwhile. */
  readonly #gone = new Set<string>()

  constructor(doors: OutboxDoors) {
    this.#doors = doors
  }

  get items(): readonly Outgoing[] {
    return this.#items
  }

  /** Takes a message in; it is shown at once, kept, and sent when its turn comes. Answers its cid. */
  put(room: string, text: string, where: SaidWhere = {}): string {
    return this.#take({ ...this.#envelope(room), text, ...placeOf(where) })
  }

  /** Takes in what somebody does with a message; it goes in line with what they say in the room. */
  change(room: string, change: OwnChange): string {
    return this.#take({ ...this.#envelope(room), change })
  }

  #envelope(room: string) {
    const at = Date.now()
    // Microseconds of the clock that all tabs share; above all that is here, even if the clock was set back.
    const place = Math.max(at * 1_000, (this.#items.at(-1)?.place ?? 0) + 1)
    return { cid: newCid(), room, user: this.#doors.user, place, at, state: 'waiting' as const }
  }

  #take(item: Outgoing): string {
    this.#write(item)
    return item.cid
  }

  /** Sends a failed one again, as it is: the same cid, for the same words are the same message. */
  resend(cid: string): void {
    const item = this.#find(cid)
    if (item?.state !== 'failed') return
    const { refusal: _refusal, ...kept } = item
    this.#write({ ...kept, state: 'waiting' })
  }

  /** Takes one out for good: answered, or not wanted any more. What was on its way may still arrive. */
  remove(cid: string): Outgoing | undefined {
    const item = this.#find(cid)
    if (item === undefined) return undefined
    this.#gone.add(cid)
    this.#show(this.#items.filter((other) => other.cid !== cid))
    if (this.#flights.get(item.room)?.cid === cid) this.#land(item.room)
    void this.#keep(() => this.#doors.storage.remove(cid))
    this.#pump()
    return item
  }

  /** The message is in the log. Answers it, if it was waiting here. */
  logged(cid: string): Outgoing | undefined {
    const item = this.remove(cid)
    if (item !== undefined) this.#failures.delete(item.room)
    return item
  }

  /** The server could not take it now, or will not take it as it is. */
  refused({ cid, code, retryAfterMs }: ErrorEvent): void {
    const item = this.#items.find((waiting) => waiting.cid === cid)
    if (item === undefined || item.state === 'failed') return
    this.#land(item.room)
    // Signed out is no fault of the message: it waits until this person is back.
    if (mayRetry(code) || code === 'signed_out') return this.#pauseRoom(item, retryAfterMs)
    this.#failures.delete(item.room)
    if (!isChanging(item) || item.change.type === 'edit')
      return this.#write({ ...item, state: 'failed', refusal: { code } })
    this.remove(cid ?? '')
    this.#doors.dropped(item, { code })
  }

  /** A connection is there, or gone: then what was on its way is unknown, and goes again on the next one. */
  live(isLive: boolean): void {
    this.#isLive = isLive
    for (const room of [...this.#flights.keys()]) this.#land(room)
    this.#pump()
  }

  /** Reads what the storage has; other tabs write it too. */
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
    this.#doors.changed(items)
  }

  async #stored(): Promise<readonly Outgoing[]> {
    try {
      return await this.#doors.storage.all(this.#doors.user)
    } catch (error) {
      console.warn('The outbox could not be read.', error)
      return this.#items
    }
  }

  #write(item: Outgoing): void {
    this.#writing.add(item.cid)
    this.#show(inOrder([...this.#items.filter(({ cid }) => cid !== item.cid), item]))
    void this.#keep(() => this.#doors.storage.put(item)).then((isKept) => {
      this.#writing.delete(item.cid)
      if (isKept) this.#unkept.delete(item.cid)
      else this.#unkept.add(item.cid)
      if (this.#gone.has(item.cid)) void this.#keep(() => this.#doors.storage.remove(item.cid))
      this.#pump()
    })
  }

  /** A full or broken disk is no reason not to send: the message then lives in this tab alone. */
  async #keep(change: () => Promise<void>): Promise<boolean> {
    try {
      await change()
      this.#doors.announce()
      return true
    } catch (error) {
      console.warn('The outbox could not be written.', error)
      return false
    }
  }

  #pump(): void {
    const waiting = this.#items.filter(({ state }) => state === 'waiting')
    if (!this.#isLive || waiting.length === 0) return this.#rest()
    if (this.#turn?.isMine() !== true) return void this.#askTurn()
    const first = new Map<string, Outgoing>()
    for (const item of waiting) if (!first.has(item.room)) first.set(item.room, item)
    for (const item of first.values()) this.#send(item)
  }

  #send(item: Outgoing): void {
    if (this.#flights.has(item.room) || this.#writing.has(item.cid)) return
    if (!this.#doors.tell(saidBy(item))) return
    this.#fly(item, answerMs, () => {
      this.#doors.doubt()
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

  /** The same message is tried again after a while; those behind it in the room wait with it. */
  #pauseRoom(item: Outgoing, atLeastMs = 0): void {
    const failures = (this.#failures.get(item.room) ?? 0) + 1
    this.#failures.set(item.room, failures)
    this.#fly(item, atLeastMs + waitMs(failures), () => {
      this.#land(item.room)
      this.#pump()
    })
  }

  /** Nothing to send, or no way to: another tab may have the turn. */
  #rest(): void {
    this.#asking?.abort()
    this.#asking = undefined
    this.#turn?.letGo()
    this.#turn = undefined
  }

  async #askTurn(): Promise<void> {
    if (this.#asking !== undefined) return
    this.#turn?.letGo()
    const asking = new AbortController()
    this.#asking = asking
    const turn = await this.#takeTurn(asking.signal)
    if (asking.signal.aborted) return turn?.letGo()
    this.#asking = undefined
    this.#turn = turn
    // Another tab may have sent some of it while it had the turn.
    await this.refresh()
  }

  /** A storage that fails is shared with nobody: this tab goes on by itself. */
  async #takeTurn(signal: AbortSignal): Promise<Turn | undefined> {
    try {
      return await this.#doors.storage.takeTurn(this.#doors.user, signal)
    } catch (error) {
      console.warn('The turn to send could not be shared with other tabs.', error)
      return takeAloneTurn(this.#doors.user, signal)
    }
  }
}

function saidBy(item: Outgoing): Said {
  const { room, cid } = item
  if (isChanging(item)) return { ...item.change, room, cid }
  return { type: 'send', room, cid, text: item.text, ...placeOf(item) }
}

const placeOf = ({
  replyTo,
  thread,
  alsoInRoom,
}: SaidWhere): Pick<OutgoingMessage, 'replyTo' | 'thread' | 'alsoInRoom'> => ({
  ...(replyTo === undefined ? {} : { replyTo }),
  ...(thread === undefined ? {} : { thread }),
  ...(thread !== undefined && alsoInRoom === true ? { alsoInRoom } : {}),
})
