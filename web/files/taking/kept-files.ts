// Where files wait on this computer's disk until they are sent: IndexedDB, shared by the tabs of a browser. A database of
// its own, because tabs of an older version must go on with the outbox. What a file is and its bytes are apart, so that
// the first changes without the second being written again.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import {
  leaseLock,
  requestLock,
  unsharedLock,
  type Lease,
  type LeaseStore,
  type SendLock,
} from '../../wire/send-lock.ts'
import type { HeldFile } from './held.ts'

export interface FileStore {
  all: (user: string) => Promise<HeldFile[]>
  /** The bytes of the file; undefined: they are not here. */
  bytes: (key: string) => Promise<Blob | undefined>
  /** Resolves when both are on the disk. */
  add: (file: HeldFile, bytes: Blob) => Promise<void>
  /** Changes what is there. Undefined: another tab has removed it. */
  change: (key: string, change: (file: HeldFile) => HeldFile) => Promise<HeldFile | undefined>
  /** Removes it, unless `isMeant` says that another tab has other plans. */
  remove: (key: string, isMeant: (file: HeldFile) => boolean) => Promise<void>
  /** One tab at a time uploads a file; undefined: the wait was ended. */
  lock: (key: string, signal: AbortSignal) => Promise<SendLock | undefined>
}

interface Schema extends DBSchema {
  files: { key: string; value: HeldFile; indexes: { user: string } }
  bytes: { key: string; value: Blob }
  leases: { key: string; value: Lease }
}

type Database = IDBPDatabase<Schema>

/** As in the outbox: some browsers hang on their first one. */
const openMs = 3_000

/** One that keeps nothing, if the browser stores nothing. */
export async function openFileStore(): Promise<FileStore> {
  const late = new Promise<never>((_resolve, reject) =>
    setTimeout(() => reject(new Error('IndexedDB does not answer')), openMs),
  )
  try {
    return diskStore(await Promise.race([openDatabase(), late]))
  } catch (error) {
    console.warn('This browser keeps nothing; files that wait to be sent live in this tab alone.', error)
    return memoryStore()
  }
}

/** Trap: without IndexedDB, openDB throws before it returns a promise; async turns that into a rejection. */
const openDatabase = async (): Promise<Database> =>
  openDB<Schema>('brook-files', 1, {
    upgrade: (database) => {
      database.createObjectStore('files', { keyPath: 'key' }).createIndex('user', 'user')
      database.createObjectStore('bytes')
      database.createObjectStore('leases', { keyPath: 'name' })
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })

function diskStore(database: Database): FileStore {
  return {
    all: (user) => database.getAllFromIndex('files', 'user', user),
    bytes: (key) => database.get('bytes', key),
    add: async (file, bytes) => {
      const writing = database.transaction(['files', 'bytes'], 'readwrite', { durability: 'strict' })
      const both = [writing.objectStore('files').put(file), writing.objectStore('bytes').put(bytes, file.key)]
      await Promise.all([...both, writing.done])
    },
    change: async (key, change) => {
      const writing = database.transaction('files', 'readwrite')
      const was = await writing.store.get(key)
      const now = was && change(was)
      if (now !== undefined) await writing.store.put(now)
      await writing.done
      return now
    },
    remove: async (key, isMeant) => {
      const writing = database.transaction(['files', 'bytes'], 'readwrite')
      const was = await writing.objectStore('files').get(key)
      if (was === undefined || isMeant(was)) {
        await writing.objectStore('files').delete(key)
        await writing.objectStore('bytes').delete(key)
      }
      await writing.done
    },
    // Only https and localhost have navigator.locks; on a LAN address it is undefined, whatever the types say.
    lock:
      'locks' in navigator
        ? (key, signal) => requestLock(navigator.locks, `brook-upload:${key}`, { signal })
        : leaseLock(leaseStore(database)),
  }
}

function leaseStore(database: Database): LeaseStore {
  return {
    take: async (lease, now) => {
      const writing = database.transaction('leases', 'readwrite')
      const was = await writing.store.get(lease.name)
      const isFree = was === undefined || was.owner === lease.owner || was.until <= now
      if (isFree) await writing.store.put(lease)
      await writing.done
      return isFree
    },
    release: async (name, owner) => {
      const writing = database.transaction('leases', 'readwrite')
      if ((await writing.store.get(name))?.owner === owner) await writing.store.delete(name)
      await writing.done
    },
  }
}

/** Keeps nothing, and says so: whoever adds a file has it in memory. */
export const memoryStore = (): FileStore => ({
  all: () => Promise.resolve([]),
  bytes: () => Promise.resolve(undefined),
  add: () => Promise.reject(new Error('this browser keeps nothing')),
  change: () => Promise.resolve(undefined),
  remove: () => Promise.resolve(),
  lock: unsharedLock,
})
