// What /metrics says of files.
import type { Metrics } from '../metrics.ts'
import type { Space } from './storage/space.ts'
import type { Swept } from './sweep/sweep.ts'
import type { UploadLocks } from './uploads/locks.ts'

export function countFiles(metrics: Metrics, { locks, space }: { locks: UploadLocks; space: Space }) {
  const bytes = metrics.counter('brook_file_bytes_total', 'Bytes of files, by whether they came or went', {
    way: ['up', 'down'],
  })
  const swept = metrics.counter('brook_files_swept_total', 'What the sweep of files has removed', {
    what: ['released', 'files', 'blobs', 'parts'],
  })
  metrics.gauge('brook_uploads_writing', 'Uploads that are being written', () => locks.size)
  let free = Number.NaN
  const ask = (): void => void space.free().then((known) => (free = known ?? Number.NaN))
  metrics.gauge('brook_file_disk_free_bytes', 'What the disk under the files has left', () => {
    ask()
    return free
  })
  return {
    arrived: (some: number): void => bytes.inc({ way: 'up' }, some),
    served: (some: number): void => bytes.inc({ way: 'down' }, some),
    swept: (found: Swept): void => {
      for (const what of ['released', 'files', 'blobs', 'parts'] as const) swept.inc({ what }, found[what])
    },
  }
}
