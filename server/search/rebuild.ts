// Rebuilds the whole index while the server runs: block by block, two at once, continuing an unfinished rebuild.
import { group } from '../channel/group.ts'
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import { indexAll, rebuildBlock } from './indexer.ts'
import type { Place } from './postings.ts'

export interface RebuildOptions {
  /** Percentage of the time that each lane works. The rest is left to people. */
  share: number
  /** Starts from the beginning, even if a rebuild was left unfinished. */
  again?: boolean
  signal?: AbortSignal
  onProgress: (progress: { done: number; of: number; messages: number; mended: number }) => void
}

export interface Rebuilt {
  blocks: number
  messages: number
  mended: number
  /** Messages that were not indexed at all. */
  added: number
  /** True if it continued an unfinished rebuild. */
  wentOn: boolean
}

export async function rebuild(
  db: Db,
  { share, again = false, signal, onProgress }: RebuildOptions,
): Promise<Rebuilt> {
  const { began, wentOn } = await begin(db, again)
  const places = await db.rows<Place>(
    `SELECT CAST(room_id AS CHAR) AS room, block FROM search_blocks WHERE built_ms < ? ORDER BY room_id, block`,
    [began],
  )
  const rebuilt: Rebuilt = { blocks: 0, messages: 0, mended: 0, added: 0, wentOn }
  await group(
    places,
    limits.search.rebuilds,
    async (place, stop) => {
      const since = performance.now()
      const { messages, mended } = await rebuildBlock(db, place)
      rebuilt.blocks += 1
      rebuilt.messages += messages
      rebuilt.mended += mended
      onProgress({ ...rebuilt, done: rebuilt.blocks, of: places.length })
      await rest(((performance.now() - since) * (100 - share)) / share, stop)
    },
    signal,
  )
  for await (const { messages, tookMs } of indexAll(db, signal)) {
    rebuilt.added += messages
    onProgress({ ...rebuilt, done: rebuilt.blocks, of: places.length })
    await rest((tookMs * (100 - share)) / share, signal)
  }
  await db.run('UPDATE search_rebuild SET ended_ms = ? WHERE one = 1', [Date.now()])
  return rebuilt
}

/** When the rebuild to be finished began; otherwise now. */
async function begin(db: Db, again: boolean): Promise<{ began: number; wentOn: boolean }> {
  const [last] = await db.rows<{ began: number; ended: number | null }>(
    'SELECT began_ms AS began, ended_ms AS ended FROM search_rebuild WHERE one = 1',
  )
  if (last?.ended === null && !again) return { began: last.began, wentOn: true }
  const began = Date.now()
  await db.run(
    `INSERT INTO search_rebuild (one, began_ms, ended_ms) VALUES (1, ?, NULL)
     ON DUPLICATE KEY UPDATE began_ms = VALUES(began_ms), ended_ms = NULL`,
    [began],
  )
  return { began, wentOn: false }
}

/** Waits, or is woken by the abort. */
async function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms < 1 || signal?.aborted === true) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
