// When the hint that Brook can be installed is shown: once, to somebody who comes again and again. Pure, but for the storage.

/** `days`: on which Brook was open, as YYYY-MM-DD. `isOver`: it was shown. */
interface Noted {
  days: string[]
  isOver: boolean
}

const key = 'brook.installHint'
/** Whoever is here on a third day will come again. */
const daysBefore = 3

type Kept = Pick<Storage, 'getItem' | 'setItem'>

function read(storage: Kept): Noted {
  try {
    return { days: [], isOver: false, ...(JSON.parse(storage.getItem(key) ?? '{}') as Partial<Noted>) }
  } catch {
    return { days: [], isOver: false }
  }
}

/** Notes that somebody is here. True: now is the time. `today`: YYYY-MM-DD. @throws where storage is blocked or full */
export function isTimeForHint(storage: Kept, today: string): boolean {
  const noted = read(storage)
  if (noted.isOver) return false
  const days = [...new Set([...noted.days, today])].slice(-daysBefore)
  storage.setItem(key, JSON.stringify({ ...noted, days }))
  return days.length >= daysBefore
}

/** It is never shown again. */
export const endHint = (storage: Kept): void => storage.setItem(key, JSON.stringify({ isOver: true }))
