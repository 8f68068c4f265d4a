// Whether a disk is full, which a store says in its own words or, having no room for a line in its log, not at all.
import { statfsSync } from 'node:fs'
import path from 'node:path'

/** Less than what a store needs to write anything: MariaDB grows its files by 8 MB. */
const fullBytes = 16 * 1_048_576

/** One more sentence for an error, or nothing. `free`: bytes that an ordinary user has there. */
export function whereFull(file: string, free: number = freeBytes(file)): string {
  return free < fullBytes ? ` The disk with ${path.dirname(file)} is full.` : ''
}

function freeBytes(file: string): number {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file))
    return bavail * bsize
  } catch {
    // A folder that is not there says nothing about its disk.
    return Infinity
  }
}
