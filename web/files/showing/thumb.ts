// The few colours of a picture that its message carries, as a picture: painted until the real one is there.
import { thumbHashToDataURL } from 'thumbhash'

const painted = new Map<string, string>()
/** Older ones are painted again. */
const maxPainted = 500

/** A data URL; undefined if there is none, or it is damaged. */
export function paintOf(thumb: string | undefined): string | undefined {
  if (thumb === undefined || thumb === '') return undefined
  const before = painted.get(thumb)
  if (before !== undefined) return before
  try {
    const url = thumbHashToDataURL(Uint8Array.from(atob(thumb), (char) => char.charCodeAt(0)))
    const [oldest] = painted.keys()
    if (painted.size >= maxPainted && oldest !== undefined) painted.delete(oldest)
    painted.set(thumb, url)
    return url
  } catch {
    return undefined
  }
}
