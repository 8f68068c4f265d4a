// The pipeline in lines for a terminal. Each figure says what is normal.
import type { PipelineAnswer, PipelinePart, PipelineProcess, PipelinePartName } from '../protocol/pipeline.ts'
import { lasting } from './words.ts'

const count = (n: number): string => (n >= 100 ? Math.round(n) : Math.round(n * 10) / 10).toLocaleString('en')
const ms = (n: number): string => (n < 10_000 ? `${count(n)} ms` : lasting(n))
const bytes = (n: number): string => (n < 1e6 ? `${count(n / 1e3)} kB` : `${count(n / 1e6)} MB`)

interface Line {
  label: string
  value: (part: PipelinePart) => string
  /** What is normal. */
  normal: string
}

const or = (value: number | null, write: (value: number) => string): string =>
  value === null ? 'not known' : write(value)
const perSecond = ({ rate }: PipelinePart): string => (rate === null ? '' : `, ${count(rate)} a second`)
const within = (nobody: string) => (part: PipelinePart) =>
  part.minute === null
    ? `${nobody} in the last minute${perSecond(part)}`
    : `${ms(part.minute.p50Ms)} half of them, ${ms(part.minute.p99Ms)} nearly all (99 %)${perSecond(part)}`

const lines: Record<PipelinePartName, Line> = {
  people: {
    label: 'Connections',
    value: ({ value }) => or(value, count),
    normal: 'up to 10,000 for one process',
  },
  sends: { label: 'Sends', value: within('nothing sent'), normal: 'under 50 ms; people notice 250 ms' },
  rooms: {
    label: 'Rooms',
    value: within('nothing told'),
    normal: 'under 100 ms to tell everybody in a room',
  },
  log: { label: 'Log', value: within('nothing said'), normal: 'under 20 ms to be safe on disk' },
  stream: {
    label: 'Stream',
    value: (part) => `${or(part.value, count)} entries${perSecond(part)}`,
    normal: 'the last five minutes, at most 50,000',
  },
  archive: {
    label: 'Archive',
    value: (part) => `${or(part.value, ms)} behind, ${or(part.waiting, count)} waiting${perSecond(part)}`,
    normal: 'a second or two behind',
  },
  search: {
    label: 'Search',
    value: (part) => `lacks ${or(part.value, count)} messages${perSecond(part)}`,
    normal: 'a few, for seconds',
  },
  notifications: {
    label: 'Notifications',
    value: (part) => `${or(part.value, ms)} behind${perSecond(part)}`,
    normal: 'under a second behind',
  },
  webhooks: {
    label: 'Webhooks',
    value: (part) => `${or(part.value, ms)} behind, ${or(part.waiting, count)} waiting${perSecond(part)}`,
    normal: 'as fast as the slowest receiver',
  },
  push: {
    label: 'Push',
    value: (part) => `${or(part.value, count)} waiting${perSecond(part)}`,
    normal: 'none waits for longer than seconds',
  },
  files: {
    label: 'Files',
    value: ({ value }) => `${or(value, bytes)} a second`,
    normal: 'as much as people send and look at',
  },
}

export function describePipeline({ troubles, parts, processes }: PipelineAnswer): string[] {
  const labels = Math.max(...Object.values(lines).map(({ label }) => label.length))
  return [
    ...(troubles.length === 0 ? ['Everything works.'] : troubles.map(({ words }) => `STUCK  ${words}.`)),
    '',
    ...parts.map((part) => {
      const { label, value, normal } = lines[part.part]
      return `${label.padEnd(labels)}  ${value(part)}  (normal: ${normal})`
    }),
    '',
    ...processes.map(describeProcess),
  ]
}

function describeProcess({ kind, host, pid, worker, ...one }: PipelineProcess): string {
  const which = worker === null ? '' : `, worker ${worker}`
  const facts =
    kind === 'server'
      ? `${count(one.sockets)} connections, ${ms(one.tailLagMs)} behind the log`
      : 'archives or stands by'
  const state = { ok: '', silent: '; SILENT', deaf: '; HEARS NOTHING of the log' }[one.state]
  return `${kind} ${host}:${pid}${which}: ${facts}, ${Math.round(100 * one.busy)} % of a core, ${bytes(one.memoryBytes)}; reported ${lasting(one.agoMs)} ago${state}`
}
