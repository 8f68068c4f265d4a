// The cost of an idle socket: signed in, in five rooms, receiving nothing.
import type { Case } from './case.ts'
import { Scene } from './scene.ts'

const kb = 1_024

export const idle: Case<'Brook'> = {
  name: 'idle',
  aim: 3,
  about: ({ crowd }) => `${crowd} idle sockets, signed in, each in five rooms`,
  contenders: ['Brook'],
  shown: [
    { figure: 'resident', unit: 'KB/socket', digits: 1, better: 'less', target: 14 },
    { figure: 'heap', unit: 'KB/socket', digits: 1, better: 'less' },
    { figure: 'free in the heap', unit: 'KB/socket', digits: 1, better: 'less' },
    { figure: 'outside the heap', unit: 'KB/socket', digits: 1, better: 'less' },
  ],
  round: async (contender, { crowd, threads }) => {
    const empty = await Scene.open({ contender, sockets: 10, seating: 'five', threads, messages: 1 })
    const before = await empty.server.run<NodeJS.MemoryUsage>().finally(() => empty.close())
    const scene = await Scene.open({ contender, sockets: crowd, seating: 'five', threads, messages: 1 })
    const after = await scene.server.run<NodeJS.MemoryUsage>().finally(() => scene.close())
    const each = (of: (memory: NodeJS.MemoryUsage) => number): number => (of(after) - of(before)) / kb / crowd
    return {
      figures: {
        resident: each(({ rss }) => rss),
        heap: each(({ heapUsed }) => heapUsed),
        // What the sign-ins left: gaps that later objects fill, and a young generation that grew.
        'free in the heap': each(({ heapTotal, heapUsed }) => heapTotal - heapUsed),
        'outside the heap': each(({ external }) => external),
      },
      wrong: [],
    }
  },
}
