// One backup by the clock, or from the administration: made, rehearsed, noted, and the old ones removed. Runs in a process of its
// own (backup-worker.ts) that has the turn.
import type { ReadyConfig } from '../cli/ready.ts'
import { Db } from '../db.ts'
import { backUp } from './back-up.ts'
import { nameAt } from './keep-rule.ts'
import { openPlace, type Place } from './place.ts'
import { prune } from './prune.ts'
import { endTurn, keepTurn, noteBegin, noteEnd, noteRemoved, renewEveryMs, type Outcome } from './records.ts'
import { rehearse } from './rehearse.ts'

/** The files of all nightly backups. */
export const nightlyFiles = 'brook.files'

/** `holder` has the turn. Resolves when it is noted what became of it. */
export async function makeNightly(config: ReadyConfig, holder: string): Promise<Outcome> {
  const { backup } = config
  if (backup === undefined) throw new Error('BACKUP_TO is not set')
  const db = new Db(config.mysql, 2)
  const place = openPlace(backup.to)
  const lost = new AbortController()
  const renewing = setInterval(() => {
    keepTurn(db, holder).then(
      (isOurs) => isOurs || lost.abort(new Error('another process makes a backup')),
      // It is asked for again; MySQL may be back by then.
      () => undefined,
    )
  }, renewEveryMs)
  try {
    const at = Date.now()
    const name = nameAt(at)
    const id = await noteBegin(db, name, at)
    const outcome = await make(config, { place, name, passphrase: backup.passphrase, signal: lost.signal })
    await noteEnd(db, id, outcome)
    if (outcome.state !== 'failed')
      await noteRemoved(db, await prune(place, { passphrase: backup.passphrase, filesIn: nightlyFiles }))
    return outcome
  } finally {
    clearInterval(renewing)
    await endTurn(db, holder).catch(() => undefined)
    place.close()
    await db.close()
  }
}

async function make(
  config: ReadyConfig,
  options: { place: Place; name: string; passphrase: string; signal: AbortSignal },
): Promise<Outcome> {
  let outcome: Omit<Outcome, 'state'> = {}
  try {
    const { bytes, rooms, rows, files, lostFiles } = await backUp(config, {
      ...options,
      filesIn: nightlyFiles,
    })
    outcome = { bytes, rooms, rows, files }
    const rehearsal = await rehearse(config, options)
    const [first] = lostFiles
    if (first !== undefined)
      outcome.why = `${lostFiles.length} files are not on this machine, or damaged, and not in it: ${first.key}`
    if (rehearsal === 'not allowed') return { ...outcome, state: 'unrehearsed' }
    return { ...outcome, rehearsedMs: rehearsal.ms, state: 'good' }
  } catch (error) {
    return { ...outcome, state: 'failed', why: (error as Error).message }
  }
}
