// `brook admin rename` and `export-person`: what administrators do with somebody's account, on the command line.
import { noteAudit } from '../../audit/audit.ts'
import { put } from '../../export/archive.ts'
import { Blobs } from '../../files/blobs.ts'
import { openBlobs } from '../../files/stores/open-blobs.ts'
import { Renames } from '../../naming/renames.ts'
import { ownExport } from '../../own-export/own-export.ts'
import { withFiles } from '../../own-export/with-files.ts'
import { messageOf } from '../../protocol/errors.ts'
import { withDb } from '../open-stores.ts'
import { UsageError } from '../verb.ts'
import { idCalled, type AdminAction } from './action.ts'

/** Servers hear of it within limits.names.lookEveryMs. */
export const rename: AdminAction = {
  usage: 'NAME NEW',
  about: 'give somebody another name; they are told',
  run: (name, { positionals, flags }) => {
    const [, , wanted] = positionals
    if (wanted === undefined)
      throw new UsageError('what are they called? For example: brook admin rename ann "Ann Lee"')
    const { reason: note = '' } = flags
    return (config) =>
      withDb(config, async (db) => {
        const renames = new Renames({ db, names: { changed: () => Promise.resolve() } })
        const renamed = await renames.rename({ note: String(note) }, await idCalled(db, name), wanted)
        if ('code' in renamed) throw new UsageError(messageOf(renamed))
        return [`${name} is now ${renamed.name}.`]
      })
  },
}

export const exportPerson: AdminAction = {
  usage: 'NAME',
  about: 'write everything of somebody as JSON lines; with --files as a zip, with what they have sent',
  run: (name, { flags }) => {
    const out = typeof flags['out'] === 'string' ? flags['out'] : undefined
    return (config) =>
      withDb(config, async (db) => {
        const id = await idCalled(db, name)
        const text = ownExport({ db, userId: id, step: (work) => work() })
        if (flags['files'] === true) {
          const { store, close } = openBlobs(config)
          const blobs = new Blobs({ db, store })
          await put(withFiles({ db, blobs, userId: id, text }), out).finally(close)
        } else await put(text, out)
        await db.transaction((tx) => noteAudit(tx, { kind: 'exported', about: { person: { id, name } } }))
        return out === undefined ? [] : [`Written to ${out}`]
      })
  },
}
