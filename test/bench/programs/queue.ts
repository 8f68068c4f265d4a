// One sender, one receiver, and a queue between them: our channel, an array with a wake-up, or a library's repeater.
import { Channel } from '../../../server/channel/channel.ts'
import { obey } from './obey.ts'
import { peer } from './peers.ts'

export interface Queueing {
  how: 'Channel' | 'array' | 'repeater'
  values: number
  /** Capacity of a channel or a repeater; an array is unbounded. */
  capacity: number
}

export interface Queued {
  ms: number
  /** Maximum number of values in the queue. */
  max: number
  /** Their sum, to detect missing or doubled ones. */
  sum: number
}

obey(async () => ({
  run: ({ how, values, capacity }: Queueing): Promise<Queued> => ways[how](values, capacity),
  close: () => Promise.resolve(),
}))

const ways = { Channel: throughChannel, array: throughArray, repeater: throughRepeater }

/** The sender yields after this many values, like one that reads pages from somewhere. */
const page = 200
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function throughChannel(values: number, capacity: number): Promise<Queued> {
  const channel = new Channel<number>(capacity)
  let max = 0
  const began = performance.now()
  const sending = (async () => {
    for (let value = 0; value < values; value += 1) {
      await channel.send(value)
      max = Math.max(max, channel.length)
      if (value % page === 0) await turn()
    }
    channel.close()
  })()
  let sum = 0
  for await (const value of channel) sum += value
  await sending
  return { ms: performance.now() - began, max, sum }
}

/** What one writes in a minute: only the receiver ever waits, so the array is unbounded. */
async function throughArray(values: number): Promise<Queued> {
  const queue: number[] = []
  let wake: (() => void) | undefined
  let [max, isEnded] = [0, false]
  const began = performance.now()
  const sending = (async () => {
    for (let value = 0; value < values; value += 1) {
      queue.push(value)
      max = Math.max(max, queue.length)
      wake?.()
      if (value % page === 0) await turn()
    }
    isEnded = true
    wake?.()
  })()
  let sum = 0
  for (;;) {
    if (queue.length === 0) {
      if (isEnded) break
      await new Promise<void>((resolve) => (wake = resolve))
      continue
    }
    sum += queue.shift() ?? 0
    // Like a receiver of one value at a time.
    await undefined
  }
  await sending
  return { ms: performance.now() - began, max, sum }
}

interface Repeaters {
  Repeater: new <T>(
    executor: (push: (value: T) => Promise<unknown>, stop: () => void) => Promise<void>,
    buffer: object,
  ) => AsyncIterable<T>
  FixedBuffer: new (capacity: number) => object
}

async function throughRepeater(values: number, capacity: number): Promise<Queued> {
  const { Repeater, FixedBuffer } = peer('@repeaterjs/repeater') as Repeaters
  let [sent, received, max, sum] = [0, 0, 0, 0]
  const began = performance.now()
  const repeater = new Repeater<number>(async (push, stop) => {
    for (let value = 0; value < values; value += 1) {
      const taken = push(value)
      sent += 1
      max = Math.max(max, sent - received)
      // Its buffer throws when it is full, so the sender waits before that.
      if (sent - received >= capacity) await taken
      if (value % page === 0) await turn()
    }
    stop()
  }, new FixedBuffer(capacity))
  for await (const value of repeater) {
    received += 1
    sum += value
  }
  return { ms: performance.now() - began, max, sum }
}
