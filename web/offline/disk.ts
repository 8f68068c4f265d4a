// The cache's part of this computer's disk: IndexedDB, one database of its own, shared by the tabs of a browser. It belongs to one
// account at a time: each write asks in its own transaction whether it still does, so that nothing is written after it was wiped.
import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import type { Message } from '../../server/protocol/http.ts'

/** What is here of a room: every message between `from` and `upTo`, both included, in its state at `upTo` or later. */
export interface Stretch {
  from: number
  upTo: number
  /** From this number on, replies that only their threads show are here too. */
  repliesFrom: number
  /** When it was known to be complete, by this device's clock (ms). */
  at: number
}

export interface CachedRoom {
  room: string
  /** Nothing of it is here yet. */
  stretch?: Stretch | undefined
  /** When it was last on screen (ms); 0: never. */
  usedAt: number
  /** About how much of the disk it takes. */
  bytes: number
}

/** An answer of the server that is shown when it cannot be asked. */
export interface KeptAnswer {
  answer: unknown
  at: number
  bytes: number
}

export interface CacheSchema extends DBSchema {
  facts: { key: string; value: unknown }
  rooms: { key: string; value: CachedRoom }
  messages: { key: [room: string, seq: number]; value: Message }
  answers: { key: string; value: KeptAnswer }
}

export type StoreName = 'facts' | 'rooms' | 'messages' | 'answers'
export const stores: readonly StoreName[] = ['facts', 'rooms', 'messages', 'answers']

export type Reading = IDBPTransaction<CacheSchema, StoreName[]>
export type Writing = IDBPTransaction<CacheSchema, StoreName[], 'readwrite'>

/** Whose it is; `token` is new whenever it was emptied for somebody. */
interface Owner {
  user: string
  token: string
}

export const databaseName = 'brook-cache'
/** Raise it whenever what is stored gets another form: then it is emptied and filled again. */
const version = 1
/** As in the outbox: some browsers hang on their first one. */
const openMs = 3_000

const open = (): Promise<IDBPDatabase<CacheSchema>> =>
  openDB<CacheSchema>(databaseName, version, {
    upgrade: (database) => {
      for (const name of database.objectStoreNames) database.deleteObjectStore(name)
      for (const name of stores) database.createObjectStore(name)
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })

/** Damaged, or of a newer version: it is only a copy, and begins again. */
async function openOrBegin(): Promise<IDBPDatabase<CacheSchema>> {
  try {
    return await open()
  } catch (error) {
    console.warn('The cache cannot be read and begins again.', error)
    await deleteDB(databaseName)
    return open()
  }
}

/** Opens it for `user`, and empties it first if it is somebody else's. Undefined: this browser keeps nothing. */
export async function openDisk(user: string): Promise<Disk | undefined> {
  const late = new Promise<never>((_resolve, reject) =>
    setTimeout(() => reject(new Error('IndexedDB does not answer')), openMs),
  )
  try {
    const database = await Promise.race([openOrBegin(), late])
    return new Disk(database, await own(database, user))
  } catch (error) {
    console.warn('This browser keeps nothing to read without a network.', error)
    return undefined
  }
}

async function own(database: IDBPDatabase<CacheSchema>, user: string): Promise<Owner> {
  const taking = database.transaction([...stores], 'readwrite')
  const before = (await taking.objectStore('facts').get('owner')) as Owner | undefined
  if (before?.user === user) {
    await taking.done
    return before
  }
  const owner = { user, token: crypto.getRandomValues(new Uint32Array(2)).join('-') }
  for (const name of stores) await taking.objectStore(name).clear()
  await taking.objectStore('facts').put(owner, 'owner')
  await taking.done
  return owner
}

/** Empties it, if it is this account's; nothing that another tab still writes stays. */
export async function emptyDisk(user: string): Promise<void> {
  const database = await openOrBegin()
  const emptying = database.transaction([...stores], 'readwrite')
  const owner = (await emptying.objectStore('facts').get('owner')) as Owner | undefined
  if (owner?.user === user) for (const name of stores) await emptying.objectStore(name).clear()
  await emptying.done
  database.close()
}

export class Disk {
  readonly #database: IDBPDatabase<CacheSchema>
  readonly #owner: Owner
  /** Not this account's any more, closed by the browser, or broken. */
  isLost = false
  /** The last write found no room. */
  isFull = false

  constructor(database: IDBPDatabase<CacheSchema>, owner: Owner) {
    this.#database = database
    this.#owner = owner
    database.addEventListener('close', () => (this.isLost = true))
  }

  /** Undefined: there is nothing to read any more. */
  read<Answer>(act: (reading: Reading) => Promise<Answer>): Promise<Answer | undefined> {
    return this.#run(async () => {
      const reading = this.#database.transaction([...stores])
      return (await this.#isOwn(reading)) ? act(reading) : undefined
    })
  }

  /** One transaction: all of it is written, or nothing. Undefined: nothing was. */
  write<Answer>(act: (writing: Writing) => Promise<Answer>): Promise<Answer | undefined> {
    return this.#run(async () => {
      const writing = this.#database.transaction([...stores], 'readwrite')
      try {
        const answer = (await this.#isOwn(writing)) ? await act(writing) : undefined
        await writing.done
        this.isFull = false
        return answer
      } catch (error) {
        await writing.done.catch(() => undefined)
        throw error
      }
    })
  }

  close(): void {
    this.isLost = true
    this.#database.close()
  }

  async #isOwn(reading: Reading | Writing): Promise<boolean> {
    const owner = (await reading.objectStore('facts').get('owner')) as Owner | undefined
    if (owner?.token !== this.#owner.token) this.isLost = true
    return !this.isLost
  }

  async #run<Answer>(act: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    if (this.isLost) return undefined
    try {
      return await act()
    } catch (error) {
      const { name } = error as { name?: string }
      if (name === 'QuotaExceededError') this.isFull = true
      // The connection was closed under it: this tab goes on without.
      if (name === 'InvalidStateError') this.isLost = true
      console.warn('The cache could not be used.', error)
      return undefined
    }
  }
}
