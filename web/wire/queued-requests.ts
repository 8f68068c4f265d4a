// What a person does besides writing (a vote, a poll, a status, saving a message) while the server cannot be reached: it waits on this
// computer's disk and is sent in order, over restarts. Each may be sent twice and means the same. Its own database: it is not a copy,
// and stays when copies go.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { waitMs } from './back-off.ts'
import { request, type Request } from './http.ts'
import { isRefusal, mayRetry, type Refusal } from './refusal.ts'

/** What it is, for the words that say what became of it. */
export type QueuedKind = 'vote' | 'poll' | 'status' | 'save'

export interface Queued {
  /** One of a key waits: the newest. */
  key: string
  user: string
  kind: QueuedKind
  /** Its place in the queue. */
  place: number
  ask: Request
}

interface Schema extends DBSchema {
  requests: { key: [user: string, key: string]; value: Queued }
}

export interface QueueDeps {
  user: string
  isLive: () => boolean
  /** The server does not want it: it is dropped. */
  refused: (item: Queued, refusal: Refusal) => void
  /** What waits, in order. */
  changed: (items: readonly Queued[]) => void
}

const open = async (): Promise<IDBPDatabase<Schema>> =>
  openDB<Schema>('brook-requests', 1, {
    upgrade: (database) => void database.createObjectStore('requests'),
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })

export class RequestQueue {
  readonly #deps: QueueDeps
  readonly #items = new Map<string, Queued>()
  readonly #disk: Promise<IDBPDatabase<Schema> | undefined>
  #isSending = false
  #isClosed = false
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(deps: QueueDeps) {
    this.#deps = deps
    this.#disk = open().catch((error: unknown) => {
      console.warn('What waits to be done lives in this tab alone.', error)
      return undefined
    })
    void this.#load()
  }

  /** Sends it, or keeps it until the server is there: then `queued`. */
  async send<Answer>(kind: QueuedKind, key: string, ask: Request): Promise<Answer | Refusal | 'queued'> {
    const answer = this.#deps.isLive() ? await request<Answer>(ask) : { code: 'unreachable' as const }
    if (!isRefusal(answer) || answer.code !== 'unreachable') {
      await this.#remove(key)
      return answer
    }
    const place = Math.max(Date.now(), 1 + Math.max(0, ...[...this.#items.values()].map((one) => one.place)))
    await this.#put({ key, user: this.#deps.user, kind, place, ask })
    return 'queued'
  }

  /** What waits under a key. */
  find(key: string): Queued | undefined {
    return this.#items.get(key)
  }

  /** The connection is there. */
  drain(): void {
    clearTimeout(this.#timer)
    if (!this.#isSending) void this.#drain()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    void this.#disk.then((disk) => disk?.close())
  }

  async #load(): Promise<void> {
    const disk = await this.#disk
    const { user } = this.#deps
    const kept = (await disk?.getAll('requests', IDBKeyRange.bound([user, ''], [user, '\uffff']))) ?? []
    for (const one of kept.toSorted((a, b) => a.place - b.place)) this.#items.set(one.key, one)
    this.#tell()
    if (this.#deps.isLive()) this.drain()
  }

  async #drain(): Promise<void> {
    this.#isSending = true
    for (const item of [...this.#items.values()].sort((a, b) => a.place - b.place)) {
      if (this.#isClosed || !this.#deps.isLive()) break
      const answer = await request(item.ask)
      if (isRefusal(answer) && (mayRetry(answer.code) || answer.code === 'signed_out')) {
        this.#failures += 1
        this.#timer = setTimeout(() => this.drain(), (answer.retryAfterMs ?? 0) + waitMs(this.#failures))
        break
      }
      this.#failures = 0
      // Something newer may have taken its place meanwhile.
      if (this.#items.get(item.key) === item) await this.#remove(item.key)
      if (isRefusal(answer)) this.#deps.refused(item, answer)
    }
    this.#isSending = false
  }

  async #put(item: Queued): Promise<void> {
    this.#items.set(item.key, item)
    this.#tell()
    await (await this.#disk)?.put('requests', item, [item.user, item.key]).catch((error: unknown) => {
      console.warn('What waits to be done could not be written down.', error)
    })
  }

  async #remove(key: string): Promise<void> {
    if (!this.#items.delete(key)) return
    this.#tell()
    await (await this.#disk)?.delete('requests', [this.#deps.user, key])
  }

  #tell(): void {
    this.#deps.changed([...this.#items.values()].sort((a, b) => a.place - b.place))
  }
}
