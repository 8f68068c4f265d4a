// Pictures: everything that reads what people upload, in processes of its own. Other features are given it.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { openPictures as open, type Pictures } from './pictures.ts'

export function openPictures({ metrics }: Core): { pictures: Pictures } {
  const took = metrics.histogram('brook_picture_seconds', 'Duration of reading or making one picture', {
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    labelNames: ['task'],
  })
  const failed = metrics.counter('brook_picture_failures_total', 'Pictures that could not be read or made', {
    why: ['unreadable', 'too_many_pixels', 'too_many_frames', 'failed', 'busy'],
  })
  return {
    pictures: open({
      onTask: (task, seconds) => took.observe({ task }, seconds),
      onFailure: (why) => failed.inc({ why }),
    }),
  }
}

/** Closed after those who may still want one. */
export const pictureFeature = ({ pictures }: { pictures: Pictures }): Feature => ({
  close: () => pictures.close(),
})
