// The progress of an import, as one line: a bar, the rate, and the time that remains at that rate.

export interface Progress {
  /** In the source's own unit. */
  done: number
  of: number
  messages: number
  known: number
}

const width = 20

/** The line at `elapsedMs` after the start. Pure. */
export function progressLine({ done, of, messages, known }: Progress, elapsedMs: number): string {
  const share = of === 0 ? 1 : Math.min(1, done / of)
  const full = Math.floor(share * width)
  const bar = `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`
  const rate = Math.round(((messages + known) * 1_000) / Math.max(1, elapsedMs))
  const left = share > 0 && share < 1 ? `, ${duration((elapsedMs * (1 - share)) / share)} left` : ''
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  return `${bar} ${percent}  ${messages} new, ${known} known, ${rate} a second${left}`
}

export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
