// The long run of unread-town.ts: one random room for each seed, some of them at once. Exit code 1 at the first
// difference, which is shown with what had happened in the room.
import { parseArgs } from 'node:util'
import { Story } from '../support/browser-story.ts'
import { UnreadTown } from './unread-town.ts'

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    together: { type: 'string', default: '20' },
  },
})
const [rooms, from, together] = [Number(values.rooms), Number(values.from), Number(values.together)]
const began = Date.now()
const total = { rooms: 0, steps: 0, comparisons: 0, worstMs: 0 }
let failure: unknown

const story = await Story.begin({ isShell: true })
try {
  const town = await UnreadTown.open(story)
  for (let first = from; first < from + rooms; first += together) {
    const seeds = Array.from({ length: Math.min(together, from + rooms - first) }, (_, at) => first + at)
    await town.plays(seeds)
    Object.assign(total, town.counts, { rooms: total.rooms + seeds.length })
  }
  await story.allLeave()
} catch (error) {
  failure = error
  console.error(error)
}
await story.end()
const minutes = ((Date.now() - began) / 60_000).toFixed(1)
const { steps, comparisons, worstMs } = total
console.log(
  `rooms ${total.rooms} (seeds from ${from}), steps ${steps}, comparisons ${comparisons}, the slowest ${worstMs} ms, minutes ${minutes}`,
)
process.exit(failure === undefined ? 0 : 1)
