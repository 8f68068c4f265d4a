// How loud a voice message is over its length, as bars. Pure.

const bars = 44
/** Pixels: silence is seen as a dot. */
const min = 3
const max = 28

/** The heights of the bars, in pixels. Of a message that does not say how loud it is, all are low. */
export function barsOf(waveform: string | undefined): number[] {
  const heard = bytesOf(waveform)
  if (heard.length === 0) return Array.from({ length: bars }, () => min)
  return Array.from({ length: bars }, (_, n) => {
    const from = Math.floor((n * heard.length) / bars)
    const to = Math.max(from + 1, Math.floor(((n + 1) * heard.length) / bars))
    return Math.round(min + (Math.max(...heard.slice(from, to)) / 255) * (max - min))
  })
}

function bytesOf(base64: string | undefined): number[] {
  try {
    return [...atob(base64 ?? '')].map((char) => char.charCodeAt(0))
  } catch {
    return []
  }
}
