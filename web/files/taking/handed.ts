// Where files belong that were given to a message, or taken back, when their page went away before its disk had it: a reload
// ends what is not committed. Without this the next page would show a file in the draft whose message is on its way.
import type { HeldFile } from './held.ts'

const key = 'brook:handed'

function read(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, string>) : {}
  } catch {
    return {}
  }
}

function write(places: Record<string, string>): void {
  try {
    if (Object.keys(places).length === 0) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(places))
  } catch {
    // Full or blocked: what was not committed is gone with the page.
  }
}

/** The page goes away while these are being written. */
export function keepHanded(files: readonly HeldFile[]): void {
  if (files.length === 0) return
  write({ ...read(), ...Object.fromEntries(files.map((file) => [file.key, file.place])) })
}

/** Where the file belongs, once; undefined: where the disk says. */
export function takeHanded(file: string): string | undefined {
  const { [file]: place, ...others } = read()
  if (place !== undefined) write(others)
  return place
}
