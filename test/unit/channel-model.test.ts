// Channels compared with a model that is as simple as possible, whatever is done to them and in whatever order.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Channel, closed } from '../../server/channel/channel.ts'
import { select, trySelect } from '../../server/channel/select.ts'
import { turn } from '../support/turn.ts'

interface Seen {
  /** Values that got in; values whose sender was refused or gave up. */
  sent: number[]
  refused: number[]
  /** What receivers got, by the receiver's number. */
  received: [number, number | 'closed' | 'gave up'][]
}

/** One channel: three arrays and a flag. */
class Model {
  readonly capacity: number
  values: number[] = []
  senders: number[] = []
  receivers: number[] = []
  isClosed = false
  readonly seen: Seen = { sent: [], refused: [], received: [] }

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Everything that can proceed does. */
  settle(): void {
    for (;;) {
      const [value] = this.values
      const [receiver] = this.receivers
      if (receiver !== undefined && value !== undefined) {
        this.seen.received.push([receiver, value])
        this.receivers.shift()
        this.values.shift()
      } else if (this.senders.length > 0 && this.values.length < this.capacity) {
        const next = this.senders.shift() as number
        this.seen.sent.push(next)
        this.values.push(next)
      } else break
    }
    if (!this.isClosed) return
    for (const receiver of this.receivers.splice(0)) this.seen.received.push([receiver, 'closed'])
  }
}

type Operation =
  | { do: 'send' | 'trySend' | 'receive' | 'tryReceive' | 'takeAll' | 'close' }
  /** The waiting sender or receiver at this position of its queue, modulo its length. */
  | { do: 'abort sender' | 'abort receiver'; place: number }

const operations = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constantFrom('send', 'trySend', 'receive', 'tryReceive') }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('abort sender', 'abort receiver'), place: fc.nat(9) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('takeAll', 'close') }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Operation[]>

/** A channel, and what its users have seen. */
class Played {
  readonly channel: Channel<number>
  readonly seen: Seen = { sent: [], refused: [], received: [] }
  readonly #aborts = new Map<number, AbortController>()

  constructor(capacity: number) {
    this.channel = new Channel(capacity)
  }

  send(value: number): void {
    this.channel.send(value, this.#signal(value)).then(
      () => this.seen.sent.push(value),
      () => this.seen.refused.push(value),
    )
  }

  receive(number: number): void {
    this.channel.receive(this.#signal(number)).then(
      (got) => this.seen.received.push([number, got === closed ? 'closed' : got]),
      () => this.seen.received.push([number, 'gave up']),
    )
  }

  abort(number: number): void {
    this.#aborts.get(number)?.abort(new Error('gave up'))
  }

  #signal(number: number): AbortSignal {
    const abort = new AbortController()
    this.#aborts.set(number, abort)
    return abort.signal
  }
}

/** Takes one out of a queue of the model; undefined if there is none. */
const leave = (line: number[], place: number): number | undefined =>
  line.length === 0 ? undefined : line.splice(place % line.length, 1)[0]

function play(number: number, what: Operation, { model, real }: { model: Model; real: Played }): void {
  const { channel } = real
  switch (what.do) {
    case 'send':
      real.send(number)
      if (model.isClosed) model.seen.refused.push(number)
      else model.senders.push(number)
      break
    case 'trySend': {
      const fits = !model.isClosed && model.values.length < model.capacity
      expect(channel.trySend(number)).toBe(fits)
      if (fits) model.values.push(number)
      break
    }
    case 'receive':
      real.receive(number)
      model.receivers.push(number)
      break
    case 'tryReceive':
      expect(channel.tryReceive()).toBe(model.values.shift())
      break
    case 'takeAll':
      expect(channel.takeAll()).toEqual([...model.values, ...model.senders])
      model.seen.sent.push(...model.senders)
      model.values = []
      model.senders = []
      break
    case 'abort sender': {
      const one = leave(model.senders, what.place)
      if (one === undefined) break
      real.abort(one)
      model.seen.refused.push(one)
      break
    }
    case 'abort receiver': {
      const one = leave(model.receivers, what.place)
      if (one === undefined) break
      real.abort(one)
      model.seen.received.push([one, 'gave up'])
      break
    }
    case 'close':
      channel.close()
      model.isClosed = true
      model.seen.refused.push(...model.senders)
      model.senders = []
  }
}

test('whatever is done to it, in whatever order, a channel does what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), operations, async (capacity, all) => {
      const both = { model: new Model(capacity), real: new Played(capacity) }
      const { model, real } = both
      for (const [number, what] of all.entries()) {
        play(number, what, both)
        model.settle()
        await turn()
        expect(real.seen).toEqual(model.seen)
        expect(real.channel.length).toBe(model.values.length)
        expect(real.channel.isReady).toBe(model.values.length > 0 || model.isClosed)
      }
    }),
    { numRuns: 200 },
  )
})

/** Channels; `senders`: how many values each sender has; `givesUp`: which one gives up, and after how many. */
const ways = fc.array(
  fc.record({
    capacity: fc.integer({ min: 1, max: 4 }),
    senders: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
    givesUp: fc.tuple(fc.nat(3), fc.nat(15)),
  }),
  { minLength: 1, maxLength: 4 },
)

/** Sends one after the other as [sender, value]; returns how many went in. */
async function sendAll(
  channel: Channel<[number, number]>,
  [sender, count]: [number, number],
  [leaver, after]: [number, number],
): Promise<number> {
  const abort = new AbortController()
  for (let value = 0; value < count; value += 1) {
    const sending = channel.send([sender, value], abort.signal)
    if (sender === leaver && value === after) abort.abort(new Error('gave up'))
    try {
      await sending
    } catch {
      return value
    }
  }
  return count
}

/** Receives from all until all have ended. */
async function receiveAll(channels: readonly Channel<[number, number]>[], got: string[][]): Promise<void> {
  let open: (Channel<[number, number]> | undefined)[] = [...channels]
  while (open.some((channel) => channel !== undefined)) {
    const chosen = await select(open)
    const value = chosen.tryReceive()
    if (value !== undefined) got[channels.indexOf(chosen)]?.push(value.join(' '))
    // One that has ended is switched off, as nil.
    else if (chosen.isClosed) open = open.map((one) => (one === chosen ? undefined : one))
  }
}

test('what many senders put into several channels comes out once, in each sender’s order, through any number of selects', async () => {
  await fc.assert(
    fc.asyncProperty(ways, fc.integer({ min: 1, max: 3 }), async (all, receivers) => {
      const channels = all.map(({ capacity }) => new Channel<[number, number]>(capacity))
      const got: string[][] = all.map(() => [])
      const receiving = Array.from({ length: receivers }, () => receiveAll(channels, got))
      const counts = await Promise.all(
        all.map(async ({ senders, givesUp }, way) => {
          const channel = channels[way] as Channel<[number, number]>
          const sent = await Promise.all(
            senders.map((count, sender) => sendAll(channel, [sender, count], givesUp)),
          )
          channel.close()
          return sent
        }),
      )
      await Promise.all(receiving)
      for (const [way, sent] of counts.entries())
        for (const [sender, count] of sent.entries()) {
          const heard = got[way]?.filter((value) => value.startsWith(`${sender} `))
          expect(heard).toEqual(Array.from({ length: count }, (_, value) => `${sender} ${value}`))
        }
    }),
    { numRuns: 200 },
  )
})

test('a select is fair: of any number of ready channels none is chosen much more often than another', () => {
  const rounds = 2_000
  fc.assert(
    fc.property(fc.array(fc.constantFrom('ready', 'ended', 'empty', 'nil'), { maxLength: 6 }), (kinds) => {
      const channels = kinds.map((kind) => {
        if (kind === 'nil') return undefined
        const channel = new Channel<number>(1)
        if (kind === 'ready') channel.trySend(1)
        if (kind === 'ended') channel.close()
        return channel
      })
      const ready = channels.filter((channel) => channel?.isReady)
      const chosen = new Map<unknown, number>()
      for (let i = 0; i < rounds; i += 1) {
        const one = trySelect(channels)
        chosen.set(one, (chosen.get(one) ?? 0) + 1)
      }
      if (ready.length === 0) {
        expect([...chosen.keys()]).toEqual([undefined])
        return
      }
      const mean = rounds / ready.length
      // Eight standard deviations: by chance this fails less often than the machine does.
      const spread = 8 * Math.sqrt(mean * (1 - 1 / ready.length))
      for (const channel of ready)
        expect(Math.abs((chosen.get(channel) ?? 0) - mean)).toBeLessThanOrEqual(spread)
      expect(chosen.size).toBe(ready.length)
    }),
  )
})
