// append.lua and its call: the one way in which an entry comes into the log, for those who speak and for bulk work.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Redis } from '../redis/client.ts'
import { root } from '../root.ts'
import { bucketOf, fieldOf } from './cid-memory.ts'
import { cidUse, isSameUse } from './cid-use.ts'
import type { Appended, Draft } from './entry.ts'
import { bucketMs, type Keys } from './keys.ts'
import { packDraft } from './packed.ts'

const script = readFileSync(path.join(root, 'server/log/append.lua'), 'utf8')

/** ioredis's defineCommand sends EVALSHA, and EVAL once when Redis does not know the script. */
interface Scripted {
  brookAppend(...countKeysArguments: (string | number)[]): Promise<string[]>
}

/** An entry to be. */
export interface AppendItem {
  draft: Draft
  /** The newest number of its room that the writer has read. */
  read: number
  /** MySQL was asked for its cid, and does not have it. */
  isNew?: boolean
  /** Places (from 0) in the same call of what it answers, and of what it is in the thread of. */
  answers?: { replyTo?: number; thread?: number } | undefined
}

/** Where a call appends. */
export interface AppendPlace {
  keys: Keys
  /** The epoch that the writer knows. */
  epoch: string
}

export class AppendScript {
  readonly #redis: Scripted

  constructor(redis: Redis) {
    redis.defineCommand('brookAppend', { lua: script })
    this.#redis = redis as unknown as Scripted
  }

  /** Answers of each item "seq ms" or a word of refusal (see `readAppended`). Rejects with what Redis says: EPOCH, OOM, ... */
  run({ keys, epoch }: AppendPlace, items: readonly AppendItem[]): Promise<string[]> {
    const buckets: string[] = []
    const words: (string | number)[] = [epoch, bucketMs]
    for (const { draft, read, isNew = false, answers } of items) {
      const bucket = bucketOf(draft.cid)
      buckets.push(keys.cids(bucket))
      words.push(draft.room, fieldOf(draft.user.id, draft.cid), cidUse(draft), bucket, isNew ? 1 : 0)
      words.push(read, placesText(answers), packDraft(draft))
    }
    const shared = [keys.log, keys.numbers, keys.times, keys.epoch, keys.cidBuckets, keys.cidsForgotten]
    return this.#redis.brookAppend(shared.length + buckets.length, ...shared, ...buckets, ...words)
  }
}

const placesText = (answers: AppendItem['answers']): string =>
  answers === undefined ? '' : `${(answers.replyTo ?? -1) + 1},${(answers.thread ?? -1) + 1}`

/**
 * The number and time in an answer of append.lua.
 * @throws an Error with the answer, where it is BEHIND or FORGOTTEN: nothing of the item is written; and, for who gives the draft, USED
 * with its number, where its cid stands for another entry
 */
export function readAppended(answer: string | undefined, draft?: Draft): Appended {
  const [seq, at, use] = answer?.split(' ') ?? []
  if (at === undefined) throw new Error(answer ?? 'no answer')
  if (draft !== undefined && !isSameUse(use, cidUse(draft))) throw new Error(`USED ${seq}`)
  return { seq: Number(seq), at: Number(at) }
}
