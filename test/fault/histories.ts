// What the clients themselves report: sent, acknowledged, refused, received. Nothing here asks a server or a store.
// A contradiction (one number with two contents, a connection out of order) is reported as a violation at once.
import type { EntryEvent } from '../../server/protocol/events.ts'
import type { OwnChange } from '../../web/wire/outgoing.ts'
import type { Message } from '../../server/protocol/http.ts'
import { isSpoken } from '../../server/protocol/timeline.ts'

export type ViolationKind =
  | 'lost'
  | 'doubled'
  | 'disordered'
  | 'differing'
  | 'silent hole'
  | 'not dense'
  | 'refused but there'
  | 'invented'
  | 'not back'
  | 'crashed'

export interface Violation {
  kind: ViolationKind
  words: string
  room?: string
  seq?: number
  cid?: string
}

export interface Said {
  cid: string
  room: string
  user: string
  by: string
  text: string
  at: number
  /** The number in its acknowledgement, and when that arrived. */
  seq?: number
  ackedAt?: number
  /** It was scheduled, and a server has said that it will be sent. */
  promised?: boolean
  /** Why it was refused permanently. */
  refusal?: string
}

/** An action on a message, with the same cid through every retry. */
export interface Made extends Omit<Said, 'text' | 'promised'> {
  change: OwnChange
}

/** What one client has of one room. */
export interface View {
  /** Everything after this number is claimed to be here; undefined while nothing is claimed. */
  base: number | undefined
  upTo: number
  /** By number: the cid of a message, or the text of a notice. */
  have: (string | undefined)[]
  /** What it shows of each message, with changes folded in. */
  shown: () => ReadonlyMap<number, string>
}

/** Everything about a message that a change can change, as text. */
export const stateOf = (message: Message): string => {
  if (message.kind !== 'message') return 'notice'
  const { text, editedAt, deletedAt, reactions } = message
  const by = reactions.flatMap(({ emoji, users }) => users.map(({ id }) => `${emoji}${id}`)).sort()
  return JSON.stringify([deletedAt === null ? text : '', editedAt !== null, deletedAt !== null, by])
}

/** Two names of the same content are the same content. */
export const contentOf = (message: Message): string =>
  isSpoken(message)
    ? message.cid
    : `${message.notice.kind} ${message.user.id} ${'person' in message.notice ? message.notice.person.id : ''}`

const contentOfEvent = (event: EntryEvent): string => {
  if (event.type === 'unknown') return 'unknown'
  if (event.type !== 'notice') return event.cid
  return `${event.notice.kind} ${event.user.id} ${'person' in event.notice ? event.notice.person.id : ''}`
}

export class Histories {
  readonly said = new Map<string, Said>()
  readonly made = new Map<string, Made>()
  /** Messages that somebody has tried to delete: they may be received without their text. */
  readonly doomed = new Set<string>()
  /** The texts that somebody has tried to give a message; whoever missed it may be told of it as it stands. */
  readonly #edits = new Map<string, Set<string>>()
  readonly views = new Map<string, Map<string, View>>()
  readonly violations: Violation[] = []
  /** Numbers that a client's cursor passed without having them; history tells whether there was anything. */
  readonly passed: { client: string; room: string; seq: number; at: number }[] = []
  readonly counts = { acknowledged: 0, heard: 0, restarts: 0, refusedForNow: new Map<string, number>() }
  readonly heals = { count: 0, worstMs: 0 }
  readonly #numbers = new Map<string, (string | undefined)[]>()

  says(said: Said): void {
    this.said.set(said.cid, said)
  }

  makes(made: Made): void {
    const { cid, room, change } = made
    this.made.set(cid, made)
    const place = `${room} ${change.seq}`
    if (change.type === 'delete') this.doomed.add(place)
    if (change.type === 'edit') this.#edits.set(place, (this.#edits.get(place) ?? new Set()).add(change.text))
  }

  acknowledged(cid: string, room: string, seq: number): void {
    const said = this.said.get(cid) ?? this.made.get(cid)
    if (said === undefined) return this.violate({ kind: 'invented', words: 'an ack for nothing said', cid })
    if (said.refusal !== undefined)
      this.violate({ kind: 'refused but there', words: `acknowledged after ${said.refusal}`, room, seq, cid })
    if (said.seq === undefined) {
      said.seq = seq
      said.ackedAt = Date.now()
      this.counts.acknowledged += 1
    } else if (said.seq !== seq)
      this.violate({ kind: 'doubled', words: `acknowledged as ${said.seq} and as ${seq}`, room, seq, cid })
    if (said.room !== room)
      this.violate({ kind: 'differing', words: `said in ${said.room}, acknowledged in ${room}`, cid })
  }

  refused(cid: string, code: string): void {
    const said = this.said.get(cid) ?? this.made.get(cid)
    if (said === undefined) return
    said.refusal = code
    if (said.seq !== undefined)
      this.violate({ kind: 'refused but there', words: `${code} after its ack ${said.seq}`, cid })
  }

  refusedForNow(code: string): void {
    const { refusedForNow } = this.counts
    refusedForNow.set(code, (refusedForNow.get(code) ?? 0) + 1)
  }

  /** An entry as received on the wire. Within one epoch a number has one content, whoever receives it. */
  heard(client: string, epoch: string, event: EntryEvent): void {
    this.counts.heard += 1
    const { room, seq } = event
    const content = contentOfEvent(event)
    const key = `${epoch} ${room}`
    const numbers = this.#numbers.get(key) ?? []
    this.#numbers.set(key, numbers)
    const known = (numbers[seq] ??= content)
    if (known !== content)
      this.violate({ kind: 'differing', words: `${client} heard ${content}, others ${known}`, room, seq })
    if (event.type !== 'message') return
    const said = this.said.get(event.cid)
    const place = `${room} ${seq}`
    const isChanged =
      this.#edits.get(place)?.has(event.text) === true || (event.text === '' && this.doomed.has(place))
    const isSame = said?.text === event.text || isChanged
    if (said === undefined || !isSame || said.user !== event.user.id || said.room !== room)
      this.violate({ kind: 'differing', words: `${client} heard other words than were said`, room, seq })
  }

  view(client: string, room: string): View {
    const views = this.views.get(client) ?? new Map<string, View>()
    this.views.set(client, views)
    const view = views.get(room) ?? {
      base: undefined,
      upTo: 0,
      have: [],
      shown: () => new Map<number, string>(),
    }
    views.set(room, view)
    return view
  }

  violate(violation: Violation): void {
    // A thousand equal violations are no better evidence than a hundred.
    if (this.violations.length < 500) this.violations.push(violation)
  }
}
