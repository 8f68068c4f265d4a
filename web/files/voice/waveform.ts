// The shape of a voice message: 64 heights, measured while it is recorded. Pure.
import { fileLimits } from '../../../server/protocol/file-limits.ts'

const bars = fileLimits.waveformBytes
const highest = 255
/** Below this nothing was said: the noise of a room is not drawn as if somebody shouted. */
const quiet = 0.06

/**
 * `levels`: how loud it was, 0 to 1, at even times. The loudest is the highest; a root makes soft speech visible, as ears hear it.
 * Returns 64 bytes.
 */
export function waveformOf(levels: readonly number[]): Uint8Array {
  const peaks = Array.from({ length: bars }, (_, at) => {
    const from = Math.floor((at * levels.length) / bars)
    const to = Math.max(from + 1, Math.floor(((at + 1) * levels.length) / bars))
    return Math.max(0, ...levels.slice(from, to))
  })
  const loudest = Math.max(quiet, ...peaks)
  return Uint8Array.from(peaks, (peak) => Math.round(Math.sqrt(Math.min(1, peak / loudest)) * highest))
}

export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
