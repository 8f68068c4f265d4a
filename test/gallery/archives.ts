// The archive, a section of the administration page, in the gallery: all is well, late, alone, unreachable.
import { h, type Component } from 'vue'
import type { SyncAnswer, SyncProcess } from '../../server/protocol/sync.ts'
import ArchiveScreen from '../../web/admin/archive/ArchiveScreen.vue'
import { framed } from './admin-frame.ts'
import { at } from './people.ts'

const now = at(10, 4)
const one = (pid: number, holds: boolean, more: Partial<SyncProcess> = {}): SyncProcess => ({
  name: `brook-1:${pid}`,
  host: 'brook-1.example.org',
  pid,
  since: at(8, 0),
  lastRunAt: now - 700,
  trouble: null,
  shards: [{ shard: 0, holds, rows: holds ? 1_204_331 : 0, dead: 0, runs: 4_200, failures: 0 }],
  ...more,
})
const archive = (
  shard: Partial<SyncAnswer['shards'][number]> = {},
  processes: SyncAnswer['processes'] = [],
): SyncAnswer => ({
  at: now,
  shards: [
    {
      shard: 0,
      holder: 'brook-1:411',
      leaseMs: 8_200,
      entries: 48_131,
      unarchived: 0,
      archivedAt: now - 4_000,
      waitingSince: null,
      dead: 0,
      epochs: null,
      ...shard,
    },
  ],
  processes,
})
const late = archive(
  { unarchived: 12_480, waitingSince: now - 9 * 60_000, archivedAt: now - 9 * 60_000, dead: 2 },
  [
    one(411, true, { trouble: 'connect ECONNREFUSED /run/brook/mariadb.sock', lastRunAt: now - 2_000 }),
    { name: 'a-machine-with-a-rather-long-name.internal.example.org:93211:5f0c8d12', silent: true },
  ],
)
type Screen = InstanceType<typeof ArchiveScreen>['$props']
const screen = (more: Partial<Screen>): (() => Component) =>
  framed(() =>
    h(ArchiveScreen, {
      archive: archive({}, [one(411, true), one(412, false)]),
      failed: undefined,
      outcome: undefined,
      archiving: false,
      archiveNow: () => undefined,
      retry: () => undefined,
      ...more,
    }),
  )

export const archives: Record<string, () => Component> = {
  admin: screen({}),
  'admin-busy': screen({ archiving: true }),
  'admin-done': screen({ outcome: { rows: 1_240, tookMs: 340 } }),
  'admin-late': screen({ archive: late, outcome: { code: 'sync_failed' } }),
  'admin-no-sync': screen({ archive: archive({ holder: null, leaseMs: 0 }), outcome: { code: 'no_sync' } }),
  'admin-loading': screen({ archive: undefined }),
  'admin-failed': screen({ archive: undefined, failed: { code: 'unavailable' } }),
  'admin-stale': screen({ failed: { code: 'unreachable' } }),
}
