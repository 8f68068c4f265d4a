// How the figures of the pipeline are written.
import type { PipelinePartName } from '../../../server/protocol/pipeline.ts'
import { count, tag } from '../../words/figures.ts'
import { sizeWords } from '../../words/size-words.ts'
import { t } from '../../words/words.ts'

/** "4 ms", "1.2 s", "3 min": two digits are enough to compare by. */
export function timeWords(ms: number): string {
  const [unit, size] =
    ms < 1_000 ? (['ms', 1] as const) : ms < 120_000 ? (['s', 1_000] as const) : (['min', 60_000] as const)
  const value = ms / size
  return t(`pipeline.unit.${unit}`, {
    n: count(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)),
  })
}

export const shareWords = (share: number): string =>
  new Intl.NumberFormat(tag.value, { style: 'percent' }).format(share)

/** Small rates have a digit after the point; the others do not need it. */
export const rateWords = (perSecond: number): string =>
  count(perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond))

const units: Record<PipelinePartName, (value: number) => string> = {
  people: count,
  sends: timeWords,
  rooms: timeWords,
  log: timeWords,
  stream: count,
  archive: timeWords,
  search: count,
  notifications: timeWords,
  webhooks: timeWords,
  push: count,
  files: sizeWords,
}

/** The headline of a part. */
export const valueWords = (part: PipelinePartName, value: number): string => units[part](value)
