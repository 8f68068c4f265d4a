// Files in a folder for what is being made, which a server that was killed has left there: nobody knows of them any more.
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileLimits } from '../../protocol/file-limits.ts'

/** Those that nobody has written to for fileLimits.leftMs. */
export async function removeLeftovers(folder: string, now: number = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name)
    const age = now - ((await stat(file).catch(() => undefined))?.mtimeMs ?? now)
    if (age > fileLimits.leftMs) await rm(file, { force: true })
  }
}
