// The outbox on this computer's disk: IndexedDB, shared by the tabs of a browser; survives reload and crash.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { inOrder, memoryStorage, type OutboxStorage } from './outbox-storage.ts'
import { followWrites, forgetUnwritten, writeUnwritten } from './outbox-unwritten.ts'
import type { Outgoing } from './outgoing.ts'
import { leaseLock, webLock, type Lease, type LeaseStore } from './send-lock.ts'

interface Schema extends DBSchema {
  outgoing: { key: string; value: Outgoing; indexes: { user: string } }
  leases: { key: string; value: Lease }
}

type Database = IDBPDatabase<Schema>

/** An IndexedDB that is neither open nor refused by then never will be: some browsers hang on their first one. */
const openMs = 3_000

/** Opens the storage; memory if the browser stores nothing (some private modes, blocked site data). */
export function openStorage(): Promise<OutboxStorage> {
  return new Promise((resolve) => {
    const giveUp = (why: unknown): void => {
      clearTimeout(timer)
      console.warn('This browser keeps nothing; what waits to be sent lives in this tab alone.', why)
      resolve(memoryStorage())
    }
    const timer = setTimeout(giveUp, openMs, 'IndexedDB does not answer')
    openDatabase().then((database) => {
      clearTimeout(timer)
      resolve(diskStorage(database))
    }, giveUp)
  })
}

/** A storage that can be used while it is being opened; with what the page before could not write any more. */
export function whenOpen(opening: Promise<OutboxStorage>): OutboxStorage {
  const open = opening.then(async (storage) => {
    await writeUnwritten(storage.put, storage.lasts).catch((error: unknown) =>
      console.warn('What the last page wrote could not be stored yet.', error),
    )
    return storage
  })
  return {
    lasts: true,
    all: async (user) => (await open).all(user),
    put: followWrites(async (item) => (await open).put(item)),
    remove: async (cid) => {
      const storage = await open
      if (!storage.lasts) forgetUnwritten(cid)
      return storage.remove(cid)
    },
    acquireLock: async (user, signal) => (await open).acquireLock(user, signal),
  }
}

/** Trap: without IndexedDB, openDB throws before it returns a promise; async turns that into a rejection. */
const openDatabase = async (): Promise<Database> =>
  // Version 2 has changes besides messages, version 3 pins, version 4 replies in threads: a tab of an older version
  // could not send them, or would send them to the wrong place, and gives way.
  openDB<Schema>('brook', 4, {
    upgrade: (database, from) => {
      if (from > 0) return
      database.createObjectStore('outgoing', { keyPath: 'cid' }).createIndex('user', 'user')
      database.createObjectStore('leases', { keyPath: 'name' })
    },
    // A tab with a newer version waits for this one: it gives way, and its own outbox continues in memory.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })

function diskStorage(database: Database): OutboxStorage {
  return {
    lasts: true,
    all: async (user) => inOrder(await database.getAllFromIndex('outgoing', 'user', user)),
    put: async (item) => {
      const writing = database.transaction('outgoing', 'readwrite', { durability: 'strict' })
      const put = writing.store.put(item)
      // At once, and not when the browser notices that nothing follows: the page may go away before.
      writing.commit()
      await Promise.all([put, writing.done])
    },
    remove: (cid) => database.delete('outgoing', cid),
    // Only https and localhost have navigator.locks; on a LAN address it is undefined, whatever the types say.
    acquireLock: 'locks' in navigator ? webLock(navigator.locks) : leaseLock(leaseStore(database)),
  }
}

function leaseStore(database: Database): LeaseStore {
  return {
    take: async (lease, now) => {
      const writing = database.transaction('leases', 'readwrite')
      const held = await writing.store.get(lease.name)
      const isFree = held === undefined || held.owner === lease.owner || held.until <= now
      if (isFree) await writing.store.put(lease)
      await writing.done
      return isFree
    },
    release: async (name, owner) => {
      const writing = database.transaction('leases', 'readwrite')
      const held = await writing.store.get(name)
      if (held?.owner === owner) await writing.store.delete(name)
      await writing.done
    },
  }
}
