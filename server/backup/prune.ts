// Removes the nightly backups that the rule does not keep, and then the files that no backup has any more.
import { createHmac } from 'node:crypto'
import { keptTimes, timeOfName } from './keep-rule.ts'
import type { Place } from './place.ts'
import { Backup } from './read-backup.ts'

/** The names of those that were removed. @throws BackupError if one that stays cannot be opened: no file is removed then */
export async function prune(
  place: Place,
  { passphrase, filesIn }: { passphrase: string; filesIn: string },
): Promise<string[]> {
  const times = new Map<string, number>()
  for (const name of await place.names()) {
    const at = timeOfName(name)
    if (at !== undefined) times.set(name, at)
  }
  const kept = keptTimes([...times.values()])
  const removed = [...times].filter(([, at]) => !kept.has(at)).map(([name]) => name)
  for (const name of removed) await place.remove(name)
  if (removed.length === 0) return []
  const staying = new Set<number>()
  for (const [name, at] of times) {
    if (!kept.has(at)) continue
    const backup = await Backup.open(place, name, passphrase)
    const key = Buffer.from(backup.head.filesKey, 'base64')
    for await (const { row } of backup.rows('files'))
      staying.add(shortOf(createHmac('sha256', key).update(String(row[0])).digest('hex')))
  }
  const files = place.files(filesIn)
  for await (const { key } of files.list('files/'))
    if (!staying.has(shortOf(key.slice('files/'.length)))) await files.remove(key)
  return removed
}

/**
 * 48 bits of a hash, as a number: a million files take 40 MB here, as texts they would take four times as much. Two that have the
 * same: one stays that could go.
 */
const shortOf = (hex: string): number => Number.parseInt(hex.slice(0, 12), 16)
