// Backups, a section of the administration page, in the gallery: good, failing, late, being made, none yet, not set up, unreachable.
import { h, type Component } from 'vue'
import type { BackupReport, BackupsAnswer } from '../../server/protocol/backups.ts'
import BackupsScreen from '../../web/admin/backups/BackupsScreen.vue'
import { framed } from './admin-frame.ts'
import { at } from './people.ts'

const now = at(10, 4)
const night = (days: number): number => at(3, 30, days)
const one = (days: number, more: Partial<BackupReport> = {}): BackupReport => ({
  id: String(100 - days),
  name: 'brook-20261201T033000Z.backup',
  at: night(days),
  endedAt: night(days) + 94_000,
  state: 'good',
  why: null,
  bytes: 181_403_648,
  rooms: 214,
  rows: 3_412_774,
  files: 18_402,
  rehearsedMs: 262_000,
  removed: days > 7,
  ...more,
})
const nothing = { bytes: null, rooms: null, rows: null, files: null, rehearsedMs: null }
const failed = one(0, {
  ...nothing,
  state: 'failed',
  why: 'the object store does not answer: ECONNREFUSED https://backups.with-a-rather-long-name.internal.example.org:9000/brook',
})
const answer = (backups: BackupReport[], more: Partial<BackupsAnswer> = {}): BackupsAnswer => ({
  at: now,
  to: 's3://backups.example.org/brook/nightly/',
  nextAt: at(3, 30, -1),
  isRunning: false,
  backups,
  ...more,
})
const week = [0, 1, 2, 3, 4].map((days) => one(days))

type Screen = InstanceType<typeof BackupsScreen>['$props']
const screen = (more: Partial<Screen>): (() => Component) =>
  framed(() =>
    h(BackupsScreen, {
      answer: answer(week),
      failed: undefined,
      asking: false,
      now: () => undefined,
      retry: () => undefined,
      ...more,
    }),
  )

export const backups: Record<string, () => Component> = {
  'backups-good': screen({
    answer: answer([one(0), one(1, { state: 'unrehearsed', rehearsedMs: null }), one(9)]),
  }),
  'backups-failing': screen({
    answer: answer([failed, one(1, { ...nothing, state: 'interrupted' }), ...week.slice(2)]),
  }),
  'backups-late': screen({ answer: answer(week.slice(3)) }),
  'backups-running': screen({
    answer: answer([one(0, { ...nothing, state: 'running', endedAt: null }), ...week], { isRunning: true }),
  }),
  'backups-none': screen({ answer: answer([]) }),
  'backups-off': screen({ answer: answer([], { to: null, nextAt: null }) }),
  'backups-loading': screen({ answer: undefined }),
  'backups-failed': screen({ answer: undefined, failed: { code: 'unavailable' } }),
}
