// One room and everybody in it, in two tempos. `room`: a steady pace, for how long a word takes. `saturation`: as fast as
// the path takes it, for how many it can carry.
import type { Heard } from '../load/load.ts'
import { profileOf, type Case, type Round, type Settings } from './case.ts'
import { Scene, type Contender } from './scene.ts'

/** More than any server here can number in the time. */
const mostPerSecond = 20_000
const warmUpMs = 2_000

export const room: Case<Contender> = {
  name: 'room',
  about: ({ sockets, perSecond, seconds }) =>
    `${sockets} sockets in one room, ${perSecond} messages a second for ${seconds} s`,
  contenders: ['Brook', 'naive'],
  shown: [
    { figure: 'heard p50', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'heard p99', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'heard max', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'ack p50', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'ack p99', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'deliveries', unit: '/s', better: 'none' },
    { figure: 'server cores', unit: '', digits: 2, better: 'less' },
    { figure: 'client cores', unit: '', digits: 2, better: 'none' },
    { figure: 'server RSS', unit: 'MB', better: 'less' },
  ],
  round: (contender, settings, number) => {
    const messages = settings.perSecond * settings.seconds
    return talking(contender, settings, { number, name: 'room', messages }, ({ load }) =>
      load.talkSteadily(settings.perSecond, messages),
    )
  },
}

export const saturation: Case<Contender> = {
  name: 'saturation',
  about: ({ sockets, inFlight, seconds }) =>
    `${sockets} sockets in one room, ${inFlight} messages in flight for ${seconds} s`,
  contenders: ['Brook', 'naive'],
  shown: [
    { figure: 'deliveries', unit: '/s', better: 'more' },
    { figure: 'messages', unit: '/s', better: 'more' },
    { figure: 'server CPU per delivery', unit: 'us', digits: 2, better: 'less' },
    { figure: 'per frame', unit: '', digits: 1, better: 'none' },
    { figure: 'heard p50', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'heard p99', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'server cores', unit: '', digits: 2, better: 'none' },
    { figure: 'client cores', unit: '', digits: 2, better: 'none' },
    { figure: 'server RSS', unit: 'MB', better: 'less' },
  ],
  round: (contender, settings, number) => {
    const messages = mostPerSecond * (settings.seconds + warmUpMs / 1_000)
    return talking(contender, settings, { number, name: 'saturation', messages }, ({ load }) =>
      load.talkFully(settings.inFlight, warmUpMs, 1_000 * settings.seconds),
    )
  },
}

async function talking(
  contender: Contender,
  settings: Settings,
  { number, name, messages }: { number: number; name: string; messages: number },
  talk: (scene: Scene) => Promise<void>,
): Promise<Round> {
  const { sockets, threads, seconds } = settings
  const scene = await Scene.open({ contender, sockets, threads, messages })
  try {
    const began = performance.now()
    const file = profileOf(settings, name, contender, number)
    const cores = await scene.watched(() => scene.server.profiled(file, () => talk(scene)))
    const cpuUs = (cores['server'] ?? 0) * (performance.now() - began) * 1_000
    const heard = await scene.load.finish()
    const { rss, peak } = scene.memory
    const mysql = await scene.compareWithMysql()
    return {
      figures: {
        ...figuresOf(heard, seconds),
        ...Object.fromEntries(Object.entries(cores).map(([who, share]) => [`${who} cores`, share])),
        // Holds still where others use the machine at the same time.
        'server CPU per delivery': cpuUs / Math.max(1, heard.deliveries),
        ...{ 'server RSS': rss, 'server peak RSS': peak },
        ...(mysql === undefined ? {} : { 'MySQL rows': mysql.rows }),
      },
      wrong: [...faultsOf(heard), ...(mysql?.wrong ?? [])],
    }
  } finally {
    await scene.close()
  }
}

function figuresOf(heard: Heard, seconds: number): Record<string, number> {
  const { sent, acked, deliveries, expected, missing, doubled, outOfOrder, inTime, heardAfter, ackedAfter } =
    heard
  const times = (name: string, { p50, p90, p99, max }: Heard['heardAfter']): Record<string, number> => ({
    ...{ [`${name} p50`]: p50, [`${name} p90`]: p90, [`${name} p99`]: p99, [`${name} max`]: max },
  })
  return {
    ...{
      sent,
      'sent again': heard.again,
      acked,
      heard: deliveries,
      expected,
      missing,
      doubled,
      'out of order': outOfOrder,
    },
    ...{ deliveries: inTime / seconds, messages: ackedAfter.count / seconds, 'per frame': heard.perFrame },
    ...times('heard', heardAfter),
    ...times('ack', ackedAfter),
  }
}

function faultsOf(heard: Heard): string[] {
  const { missing, doubled, outOfOrder, different, endings, unanswered, refused, deliveries, expected } =
    heard
  const counts = { missing, doubled, 'out of order': outOfOrder, 'read otherwise': different, unanswered }
  const faults = Object.entries({ ...counts, ...refused, ...endings })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
  return deliveries === expected ? faults : [...faults, `heard ${deliveries} of ${expected}`]
}
