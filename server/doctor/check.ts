// What one check of `brook doctor` is. Each is a small module in checks/, and a line in checks/index.ts.
import type { Db } from '../db.ts'
import type { BlobStore } from '../files/stores/blob-store.ts'
import type { RedisProvider } from '../redis/provider.ts'
import type { Moment, RoomMoment } from './moment.ts'

/** One thing that is not as it should be. */
export interface Difference {
  /** The same thing has the same key when it is looked at again. */
  key: string
  /** Undefined: it is of no room. */
  room?: string
  /** Of the message, or the number that is missing. */
  seq?: number
  /** Of what has no number: a file, a hash, a row. */
  id?: string
  /** What is wrong, in words that repeat nothing that anybody has said: "has 3 replies, and 2 are there". */
  words: string
}

/** What a check is given to look at, as of one moment. */
export interface At {
  db: Db
  redis: RedisProvider
  shards: number
  blobs: BlobStore
  moment: Moment
  /** The rooms to look at: all of them, or those that are asked for. */
  rooms: readonly RoomMoment[]
  /** So many more rows, entries or files were compared. */
  seen: (rows: number) => void
}

export interface Check {
  /** A word or two, as they are typed and read: "read-markers". */
  name: string
  /** What holds when all is well. */
  about: string
  /** It looks at rooms one by one, so `--room` has a meaning for it. */
  ofRooms: boolean
  /** In pages: what it has in memory does not grow with what there is. */
  look(at: At): AsyncIterable<Difference>
  /** Missing: nothing else has what is lost, or only a person can decide. */
  repair?: Repair
}

export interface Repair {
  /** Continues "--repair". */
  does: string
  /** Each in a transaction of its own that locks what it rebuilds. Doing it twice is as once. */
  run(at: At, differences: readonly Difference[]): Promise<void>
}
