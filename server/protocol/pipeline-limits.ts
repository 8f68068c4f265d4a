// How the pipeline is watched, and from when on a part of it counts as stuck.
import { hour, minute, second } from './units.ts'

export const pipelineLimits = {
  /** Each process samples itself: a stuck part is told of within 10 s, and a sample is some hundred bytes. */
  sampleEveryMs: 2 * second,
  /** Samples from which current rates are made, and times: calm enough to be read. */
  rateOverMs: 10 * second,
  timesOverMs: minute,
  /** What is kept of an hour: 120 points of each process, some 300 bytes each. */
  stepMs: 30 * second,
  keptMs: hour,
  /** A process that has not reported for three samples is silent; after a minute it counts as gone. */
  silentMs: 7 * second,
  goneMs: minute,
  /** An answer of Redis, of MySQL and of sync; what takes longer is left out of this look. */
  lookWithinMs: 2_500,
  /** Looks of several administrators within this time are one. */
  freshMs: second,
  /** What may wait for this long, above the schedule of sync: longer than a batch, short enough to be told within 10 s. */
  lateMs: 5 * second,
  /** A lease that nobody has renewed for so long is held by nobody: whoever is next takes it within a second or two. */
  unheldMs: 3 * second,
  /** Clients of a webhook, and push services, are slower than we are: within this they may take their time. */
  outsideLateMs: 6 * second,
} as const
