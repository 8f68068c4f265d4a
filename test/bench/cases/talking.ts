// Crowds that talk in two ways: at a steady rate, to measure latency; and as fast as possible, to measure throughput.
import type { Heard } from '../load/load.ts'
import { profileOf, type Case, type Round, type Settings } from './case.ts'
import type { Seating } from './people.ts'
import { Scene, type Contender } from './scene.ts'

/** More than any server here can number in the time. */
const maxPerSecond = 20_000
const warmUpMs = 2_000

type Shown = Case['shown'][number]
const heard = (target?: { p50?: number; p99?: number }): Shown[] => [
  { figure: 'heard p50', unit: 'ms', digits: 1, better: 'less', target: target?.p50 },
  { figure: 'heard p99', unit: 'ms', digits: 1, better: 'less', target: target?.p99 },
  { figure: 'ack p50', unit: 'ms', digits: 1, better: 'less', target: target?.p50 },
  { figure: 'ack p99', unit: 'ms', digits: 1, better: 'less', target: target?.p99 },
]
const costs: Shown[] = [
  { figure: 'server CPU per delivery', unit: 'us', digits: 2, better: 'less', isTold: true },
  { figure: 'per frame', unit: '', digits: 1, better: 'none' },
  { figure: 'server cores', unit: '', digits: 2, better: 'none' },
  { figure: 'client cores', unit: '', digits: 2, better: 'none' },
  { figure: 'server RSS', unit: 'MB', better: 'less' },
]

interface Steady {
  name: string
  aim: number
  contenders: readonly Contender[]
  target?: { p50?: number; p99: number }
  tempo: (settings: Settings) => { sockets: number; perSecond: number }
  /** Each message names somebody in the room. */
  isNaming?: boolean
}

/** A steady rate: measures latency. */
const steady = ({ name, aim, contenders, target, tempo, isNaming = false }: Steady): Case<Contender> => ({
  name,
  aim,
  about: (settings) => {
    const { sockets, perSecond } = tempo(settings)
    return `${sockets} sockets in one room, ${perSecond} messages a second for ${settings.seconds} s`
  },
  contenders,
  shown: [...heard(target), { figure: 'deliveries', unit: '/s', better: 'none' }, ...costs],
  round: (contender, settings, number) => {
    const { sockets, perSecond } = tempo(settings)
    const messages = perSecond * settings.seconds
    const talk: Talk = { number, name, messages, sockets, seating: 'one', isNaming }
    return talking(contender, settings, talk, ({ load }) => load.talkSteadily(perSecond, messages))
  },
})

interface Full {
  name: string
  aim: number
  about: string
  contenders: readonly Contender[]
  target?: { deliveries?: number; messages?: number }
  /** Ratios of deliveries per second. */
  against?: Record<string, number>
  sockets: (settings: Settings) => number
  seating: Seating
  /** Messages in flight; the default is settings.inFlight. */
  inFlight?: (settings: Settings) => number
}

/** As fast as possible: measures throughput. */
const full = ({
  name,
  aim,
  about,
  contenders,
  target,
  against,
  inFlight = (settings) => settings.inFlight,
  ...crowd
}: Full): Case<Contender> => ({
  name,
  aim,
  contenders,
  about: (settings) =>
    `${crowd.sockets(settings)} sockets ${about}, ${inFlight(settings)} messages in flight for ${settings.seconds} s`,
  shown: [
    {
      figure: 'deliveries',
      unit: '/s',
      better: 'more',
      target: target?.deliveries,
      ...(against === undefined ? {} : { against }),
    },
    { figure: 'messages', unit: '/s', better: 'more', target: target?.messages },
    { figure: 'heard p50', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'heard p99', unit: 'ms', digits: 1, better: 'less' },
    ...costs,
  ],
  round: (contender, settings, number) => {
    const messages = maxPerSecond * (settings.seconds + warmUpMs / 1_000)
    const { seating } = crowd
    const talk = { number, name, messages, sockets: crowd.sockets(settings), seating, isNaming: false }
    return talking(contender, settings, talk, ({ load }) =>
      load.talkFully(inFlight(settings), warmUpMs, 1_000 * settings.seconds),
    )
  },
})

export const saturation = full({
  name: 'saturation',
  aim: 1,
  about: 'in one room',
  contenders: ['Brook', 'Bun', 'Socket.IO', 'naive'],
  target: { deliveries: 3_000_000 },
  against: { Bun: 0.8, 'Socket.IO': 15 },
  sockets: (settings) => settings.sockets,
  seating: 'one',
})

export const sustained = steady({
  name: 'sustained',
  aim: 1,
  contenders: ['Brook', 'Bun'],
  target: { p99: 50 },
  tempo: ({ sockets }) => ({ sockets, perSecond: 1_000 }),
})

export const room = steady({
  name: 'room',
  aim: 2,
  contenders: ['Brook', 'Socket.IO', 'naive'],
  tempo: ({ sockets, perSecond }) => ({ sockets, perSecond }),
})

/** The cost of a name in every message. */
export const mentions = steady({
  name: 'mentions',
  aim: 2,
  contenders: ['Brook', 'plain words'],
  tempo: ({ sockets, perSecond }) => ({ sockets, perSecond: 3 * perSecond }),
  isNaming: true,
})

export const calm = steady({
  name: 'calm',
  aim: 2,
  contenders: ['Brook', 'lazy fsync', 'naive'],
  target: { p50: 2, p99: 10 },
  tempo: () => ({ sockets: 100, perSecond: 100 }),
})

export const many = full({
  name: 'many',
  aim: 1,
  about: 'in rooms of ten',
  contenders: ['Brook', 'Socket.IO'],
  target: { messages: 20_000 },
  sockets: ({ crowd }) => crowd,
  seating: 'many',
  // Each sends its next message when it has received the previous one: fewer would leave most of the thousand rooms silent.
  inFlight: ({ crowd }) => crowd,
})

/** The cost of a delivery in a small room and in a huge one, compared with `saturation`. */
export const few = full({
  name: 'few',
  aim: 1,
  about: 'in one room',
  contenders: ['Brook'],
  sockets: () => 100,
  seating: 'one',
})

export const huge = full({
  name: 'huge',
  aim: 1,
  about: 'in one room',
  contenders: ['Brook'],
  sockets: ({ crowd }) => crowd,
  seating: 'one',
})

/** Two processes behind one port, compared with one: on two cores shared with the client, the cost of a delivery matters. */
export const cores = full({
  name: 'cores',
  aim: 8,
  about: 'in one room, spread over the workers',
  contenders: ['2 workers', 'Brook'],
  sockets: (settings) => settings.sockets,
  seating: 'one',
})

interface Talk {
  number: number
  name: string
  messages: number
  sockets: number
  seating: Seating
  isNaming: boolean
}

async function talking(
  contender: Contender,
  settings: Settings,
  { number, name, messages, sockets, seating, isNaming }: Talk,
  talk: (scene: Scene) => Promise<void>,
): Promise<Round> {
  const { threads, seconds } = settings
  const scene = await Scene.open({ contender, sockets, seating, threads, messages, isNaming })
  try {
    const began = performance.now()
    const file = contender === 'Bun' ? undefined : profileOf(settings, name, contender, number)
    const cores = await scene.watched(() => scene.server.profiled(file, () => talk(scene)))
    const cpuUs = (cores['server'] ?? 0) * (performance.now() - began) * 1_000
    const heard = await scene.load.finish()
    const { rss, peak } = scene.memory
    const mysql = await scene.compareWithMysql()
    return {
      figures: {
        ...figuresOf(heard, seconds),
        ...Object.fromEntries(Object.entries(cores).map(([who, share]) => [`${who} cores`, share])),
        // Valid even when others use the machine at the same time.
        'server CPU per delivery': cpuUs / Math.max(1, heard.deliveries),
        'server RSS': rss,
        'server peak RSS': peak,
        ...(mysql === undefined ? {} : { 'MySQL rows': mysql.rows }),
      },
      wrong: [...faultsOf(heard), ...(mysql?.wrong ?? [])],
    }
  } finally {
    await scene.close()
  }
}

export function figuresOf(heard: Heard, seconds: number): Record<string, number> {
  const { sent, acked, deliveries, expected, missing, doubled, outOfOrder, inTime, heardAfter, ackedAfter } =
    heard
  const times = (name: string, { p50, p90, p99, max }: Heard['heardAfter']): Record<string, number> => ({
    [`${name} p50`]: p50,
    [`${name} p90`]: p90,
    [`${name} p99`]: p99,
    [`${name} max`]: max,
  })
  return {
    sent,
    'sent again': heard.again,
    acked,
    heard: deliveries,
    expected,
    missing,
    doubled,
    'out of order': outOfOrder,
    deliveries: inTime / seconds,
    messages: ackedAfter.count / seconds,
    'per frame': heard.perFrame,
    ...times('heard', heardAfter),
    ...times('ack', ackedAfter),
  }
}

export function faultsOf(heard: Heard): string[] {
  const { missing, doubled, outOfOrder, different, endings, unanswered, refused, deliveries, expected } =
    heard
  const counts = { missing, doubled, 'out of order': outOfOrder, 'read otherwise': different, unanswered }
  const faults = Object.entries({ ...counts, ...refused, ...endings })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
  return deliveries === expected ? faults : [...faults, `heard ${deliveries} of ${expected}`]
}
