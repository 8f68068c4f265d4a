// Answers of the server to what every page asks, and to lists of one's own: the last one is shown when the server cannot be reached.
// Never of a search, of administration, or of anything that is secret.
import type { FeedEvent } from '../wire/feed-events.ts'
import type { Disk } from './disk.ts'

const asked: readonly RegExp[] = [
  /^\/workspace$/,
  /^\/me\/(?:sections|notifications)$/,
  /^\/blocks$/,
  /^\/emoji$/,
  /^\/groups$/,
  /^\/rooms\/\d+\/(?:members|pins)$/,
  /^\/rooms\/\d+\/polls\/votes\?/,
  /^\/saved\/marks$/,
  /^\/threads\/marks$/,
  /^\/inbox\/marks$/,
]
/** With messages in them: the first page of each. They are asked for ahead, so that they are here when they are wanted. */
const lists: readonly RegExp[] = [
  /^\/saved$/,
  /^\/mentions$/,
  /^\/threads$/,
  /^\/inbox\?filter=[a-z]+$/,
  /\/pins$/,
]

/** What is asked for ahead. */
const ahead = [
  '/saved',
  '/mentions',
  '/threads',
  '/inbox?filter=todo',
  '/saved/marks',
  '/threads/marks',
  '/inbox/marks',
]
const aheadEveryMs = 400

export const isKeptAnswer = (path: string): boolean => [...asked, ...lists].some((one) => one.test(path))

export class KeptAnswers {
  readonly #disk: Disk
  readonly #ask: (path: string) => Promise<unknown>

  /** `ask`: the server; what it answers is kept. */
  constructor(disk: Disk, ask: (path: string) => Promise<unknown>) {
    this.#disk = disk
    this.#ask = ask
  }

  async find(path: string): Promise<unknown> {
    return (await this.#disk.read((reading) => reading.objectStore('answers').get(path)))?.answer
  }

  async keep(path: string, answer: unknown): Promise<void> {
    const bytes = 2 * JSON.stringify(answer ?? null).length
    await this.#disk.write((writing) =>
      writing.objectStore('answers').put({ answer, at: Date.now(), bytes }, path),
    )
  }

  /** Lists that were not asked for since then (ms) are: what was deleted meanwhile is in none of them after that. */
  async refresh(since: number, rest: (ms: number) => Promise<void>): Promise<void> {
    for (const path of ahead) {
      const kept = await this.#disk.read((reading) => reading.objectStore('answers').get(path))
      if (kept !== undefined && kept.at >= since) continue
      await rest(aheadEveryMs)
      await this.#ask(path)
    }
  }

  async clear(): Promise<void> {
    await this.#disk.write((writing) => writing.objectStore('answers').clear())
  }

  /** What was said may be deleted or changed, or a room is gone: lists that have it are forgotten, and asked for again. */
  async hear(event: FeedEvent): Promise<void> {
    if (event.type === 'gone') return this.#forget(({ room }) => room === event.room, event.room)
    if (event.type !== 'entries' || event.changes.length === 0) return
    const targets = new Set(event.changes.map((change) => ('target' in change ? change.target : 0)))
    // 0: of many messages.
    await this.#forget(({ room, seq }) => room === event.room && (targets.has(0) || targets.has(seq)))
  }

  async #forget(isMeant: (place: Place) => boolean, room?: string): Promise<void> {
    await this.#disk.write(async (writing) => {
      const store = writing.objectStore('answers')
      for (const path of await store.getAllKeys()) {
        const own = /^\/rooms\/(\d+)\//.exec(path)?.[1]
        const kept = await store.get(path)
        const has = kept !== undefined && placesIn(kept.answer, own).some(isMeant)
        if (has || (room !== undefined && own === room)) await store.delete(path)
      }
    })
  }
}

interface Place {
  room: string
  seq: number
}

/** Where the messages in an answer are from, however deep in it they are. `room`: of those that do not say. */
function placesIn(value: unknown, room = ''): Place[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((one) => placesIn(one, room))
  const own = 'room' in value && typeof value.room === 'string' ? value.room : room
  const seq = 'seq' in value && typeof value.seq === 'number' ? [{ room: own, seq: value.seq }] : []
  return [...seq, ...Object.values(value).flatMap((one) => placesIn(one, own))]
}
