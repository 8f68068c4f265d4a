// brook admin rename and export-person: what administrators do with somebody's account, at the command line.
import { noteAudit } from '../audit/audit.ts'
import { Db } from '../db.ts'
import { put } from '../export/archive.ts'
import { idByName } from '../naming/names-taken.ts'
import { Renames } from '../naming/renames.ts'
import { ownExport } from '../own-export/own-export.ts'
import { messageOf } from '../protocol/errors.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import type { ReadyConfig } from './ready.ts'
import { UsageError } from './verb.ts'

async function withPerson<T>(
  config: ReadyConfig,
  name: string,
  work: (db: Db, id: string) => Promise<T>,
): Promise<T> {
  const db = new Db(config.mysql, 1)
  try {
    const id = await idByName(db, nameKey(cleanName(name) ?? ''))
    if (id === undefined) throw new UsageError(`there is nobody with the name "${name}"`)
    return await work(db, id)
  } finally {
    await db.close()
  }
}

/** Servers hear of it within limits.names.lookEveryMs. */
export function renamePerson(
  config: ReadyConfig,
  { name, wanted, note }: { name: string; wanted: string; note: string },
): Promise<string[]> {
  return withPerson(config, name, async (db, id) => {
    const renames = new Renames({ db, names: { changed: () => Promise.resolve() } })
    const renamed = await renames.rename({ note }, id, wanted)
    if ('code' in renamed) throw new UsageError(messageOf(renamed))
    return [`${name} is now ${renamed.name}.`]
  })
}

/** Without `out`, to standard output. */
export function exportPerson(config: ReadyConfig, name: string, out: string | undefined): Promise<string[]> {
  return withPerson(config, name, async (db, userId) => {
    await put(ownExport({ db, userId, step: (work) => work() }), out)
    await db.transaction((tx) => noteAudit(tx, { kind: 'exported', about: { person: { id: userId, name } } }))
    return out === undefined ? [] : [`Written to ${out}`]
  })
}
