// Files of former builds stay for tabs that were opened with them. Called by the build of the web app (vite.config.ts).
import { readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/** A tab that is open for longer is offered the new version, and reloads when it needs a file that is gone. */
const keptMs = 7 * 24 * 3_600_000

/**
 * Removes what no build of the last days had. Each build writes its files anew, so that their times say when they were last
 * part of one; a compressed copy goes with its file's time.
 * `now`: ms since 1970.
 */
export function removeFormer(folder: string, now = Date.now()): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    if (now - statSync(file).mtimeMs > keptMs) rmSync(file, { recursive: true, force: true })
  }
}

/** Removes all but the assets, before a build writes the rest anew. */
export function emptyButAssets(folder: string): void {
  for (const name of readdirSync(folder))
    if (name !== 'assets') rmSync(path.join(folder, name), { recursive: true })
}
