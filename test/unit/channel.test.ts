// The bounded channel: every cell of the table at its head, and select over several.
import { describe, expect, test } from 'vitest'
import { Channel, ChannelClosed, closed } from '../../server/channel/channel.ts'
import { select, trySelect } from '../../server/channel/select.ts'
import { isWaiting, turn } from '../support/turn.ts'

const open = (...values: string[]): Channel<string> => {
  const channel = new Channel<string>(2)
  for (const value of values) expect(channel.trySend(value)).toBe(true)
  return channel
}
const ended = (...values: string[]): Channel<string> => {
  const channel = open(...values)
  channel.close()
  return channel
}
const states = {
  'open, empty': () => open(),
  'open, some': () => open('a'),
  'open, full': () => open('a', 'b'),
  'closed, some': () => ended('a'),
  'closed, empty': () => ended(),
}
type State = keyof typeof states
const cells = <Outcome>(row: Record<State, Outcome>): [State, Outcome][] =>
  Object.entries(row) as [State, Outcome][]

describe('each cell of the table', () => {
  test.each(
    cells<'goes in' | 'waits' | 'ChannelClosed'>({
      'open, empty': 'goes in',
      'open, some': 'goes in',
      'open, full': 'waits',
      'closed, some': 'ChannelClosed',
      'closed, empty': 'ChannelClosed',
    }),
  )('send into %s: %s', async (state, outcome) => {
    const channel = states[state]()
    const { length } = channel
    const sending = channel.send('z')
    if (outcome === 'ChannelClosed') await expect(sending).rejects.toBeInstanceOf(ChannelClosed)
    else expect(await isWaiting(sending)).toBe(outcome === 'waits')
    expect(channel.length).toBe(outcome === 'goes in' ? length + 1 : length)
  })

  test.each(
    cells<boolean>({
      'open, empty': true,
      'open, some': true,
      'open, full': false,
      'closed, some': false,
      'closed, empty': false,
    }),
  )('trySend into %s: %s', (state, goesIn) => {
    const channel = states[state]()
    const { length } = channel
    expect(channel.trySend('z')).toBe(goesIn)
    expect(channel.length).toBe(goesIn ? length + 1 : length)
  })

  test.each(
    cells<'waits' | 'oldest value' | 'closed'>({
      'open, empty': 'waits',
      'open, some': 'oldest value',
      'open, full': 'oldest value',
      'closed, some': 'oldest value',
      'closed, empty': 'closed',
    }),
  )('receive from %s: %s', async (state, outcome) => {
    const channel = states[state]()
    const receiving = channel.receive()
    if (outcome === 'waits') expect(await isWaiting(receiving)).toBe(true)
    else expect(await receiving).toBe(outcome === 'closed' ? closed : 'a')
  })

  test.each(
    cells<string | undefined>({
      'open, empty': undefined,
      'open, some': 'a',
      'open, full': 'a',
      'closed, some': 'a',
      'closed, empty': undefined,
    }),
  )('tryReceive from %s: %s', (state, value) => {
    expect(states[state]().tryReceive()).toBe(value)
  })

  test.each(
    cells<boolean>({
      'open, empty': false,
      'open, some': true,
      'open, full': true,
      'closed, some': true,
      'closed, empty': true,
    }),
  )('select of %s is chosen: %s', async (state, isChosen) => {
    const channel = states[state]()
    expect(trySelect([channel])).toBe(isChosen ? channel : undefined)
    const selecting = select([channel])
    if (isChosen) expect(await selecting).toBe(channel)
    else expect(await isWaiting(selecting)).toBe(true)
  })
})

describe('a channel', () => {
  test.each([0, -1, 1.5, Number.NaN])('holds at least one value: a capacity of %s is refused', (capacity) => {
    expect(() => new Channel(capacity)).toThrow(RangeError)
  })

  test('delivers values in the order they were sent, undefined and empty ones too', async () => {
    const channel = new Channel<string | undefined>(3)
    for (const value of ['', undefined, 'c']) channel.trySend(value)
    expect([await channel.receive(), await channel.receive(), await channel.receive()]).toEqual([
      '',
      undefined,
      'c',
    ])
  })

  test('lets waiting senders in by their order, and nobody before them', async () => {
    const channel = new Channel<number>(1)
    channel.trySend(0)
    const order: number[] = []
    for (const value of [1, 2, 3]) void channel.send(value).then(() => order.push(value))
    const got: (number | undefined)[] = []
    for (let i = 0; i < 4; i += 1) {
      got.push(channel.tryReceive())
      if (i < 3) expect(channel.trySend(99), 'a newcomer finds no free place').toBe(false)
      await turn()
      expect(order).toEqual([1, 2, 3].slice(0, i + 1))
    }
    expect(got).toEqual([0, 1, 2, 3])
  })

  test('takeAll returns what is inside and what waiting senders have, and lets them continue', async () => {
    const channel = open('a', 'b')
    const sending = [channel.send('c'), channel.send('d')]
    expect(channel.takeAll()).toEqual(['a', 'b', 'c', 'd'])
    await Promise.all(sending)
    expect(channel.takeAll()).toEqual([])
  })

  test('takeAll after some were taken returns the rest', () => {
    const channel = new Channel<number>(5_000)
    for (let i = 0; i < 5_000; i += 1) channel.trySend(i)
    for (let i = 0; i < 2_000; i += 1) expect(channel.tryReceive()).toBe(i)
    expect(channel.takeAll()).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 2_000))
  })

  test('a waiting receiver gets what comes', async () => {
    const channel = open()
    const receiving = channel.receive()
    expect(await isWaiting(receiving)).toBe(true)
    channel.trySend('a')
    expect(await receiving).toBe('a')
  })

  test('a receiver that another was faster than continues to wait, and does not take the channel for closed', async () => {
    const channel = open()
    const both = [channel.receive(), channel.receive()]
    channel.trySend('a')
    await turn()
    channel.trySend('b')
    expect(new Set(await Promise.all(both))).toEqual(new Set(['a', 'b']))
  })

  test('closing ends all waits: senders with ChannelClosed, receivers with closed', async () => {
    const full = open('a', 'b')
    const sending = full.send('c')
    full.close()
    await expect(sending).rejects.toBeInstanceOf(ChannelClosed)
    expect(full.takeAll(), 'what waited never got in').toEqual(['a', 'b'])

    const empty = open()
    const receiving = [empty.receive(), empty.receive()]
    empty.close()
    expect(await Promise.all(receiving)).toEqual([closed, closed])
  })

  test('closing twice is the same as once', () => {
    const channel = ended('a')
    channel.close()
    expect([channel.isClosed, channel.length]).toEqual([true, 1])
  })

  test('is iterated to its end', async () => {
    const channel = open('a', 'b')
    void channel.send('c').then(() => channel.close())
    const got: string[] = []
    for await (const value of channel) got.push(value)
    expect(got).toEqual(['a', 'b', 'c'])
  })
})

describe('an abort signal', () => {
  const reason = new Error('no longer wanted')

  test('that has aborted refuses a send and a receive, and changes nothing', async () => {
    const channel = open('a')
    const signal = AbortSignal.abort(reason)
    await expect(channel.send('b', signal)).rejects.toBe(reason)
    await expect(channel.receive(signal)).rejects.toBe(reason)
    expect(channel.takeAll()).toEqual(['a'])
  })

  test('removes a waiting sender from the queue, and no other', async () => {
    const channel = open('a', 'b')
    const leaving = new AbortController()
    const [first, second, third] = [channel.send('c'), channel.send('d', leaving.signal), channel.send('e')]
    leaving.abort(reason)
    await expect(second).rejects.toBe(reason)
    expect(channel.takeAll()).toEqual(['a', 'b', 'c', 'e'])
    await Promise.all([first, third])
  })

  test('that comes after the value went in removes nobody', async () => {
    const channel = open('a', 'b')
    const late = new AbortController()
    const [first, second] = [channel.send('c', late.signal), channel.send('d')]
    channel.tryReceive()
    await first
    late.abort(reason)
    expect(channel.takeAll()).toEqual(['b', 'c', 'd'])
    await second
  })

  test('ends a waiting receiver, and the next value is for another', async () => {
    const channel = open()
    const leaving = new AbortController()
    const receiving = channel.receive(leaving.signal)
    leaving.abort(reason)
    await expect(receiving).rejects.toBe(reason)
    channel.trySend('a')
    expect(await channel.receive()).toBe('a')
  })

  test('ends the wait of one receiver, and no other', async () => {
    const channel = open()
    const leaving = new AbortController()
    const [first, second, third] = [channel.receive(), channel.receive(leaving.signal), channel.receive()]
    leaving.abort(reason)
    await expect(second).rejects.toBe(reason)
    for (const value of ['a', 'b']) channel.trySend(value)
    expect(await Promise.all([first, third])).toEqual(['a', 'b'])
    expect(channel.length).toBe(0)
  })

  test('ends a loop over values that waits, and later values stay inside', async () => {
    const channel = open('a')
    const leaving = new AbortController()
    const got: string[] = []
    const loop = (async () => {
      for await (const value of channel.values(leaving.signal)) got.push(value)
    })()
    expect(await isWaiting(loop)).toBe(true)
    leaving.abort(reason)
    await expect(loop).rejects.toBe(reason)
    channel.trySend('b')
    expect([got, channel.takeAll()]).toEqual([['a'], ['b']])
  })

  test('leaves no listener behind after many waits', async () => {
    const channel = new Channel<number>(1)
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...args)
    }
    const waits = [channel.receive(signal), select([channel], signal)]
    await turn()
    expect(listeners).toBe(2)
    for (const value of [1, 2]) channel.trySend(value)
    await Promise.all(waits)
    const sending = channel.send(3, signal)
    expect(listeners).toBe(1)
    channel.takeAll()
    await sending
    expect(listeners).toBe(0)
  })

  test('ends a select that waits', async () => {
    const leaving = new AbortController()
    const selecting = select([open(), open()], leaving.signal)
    leaving.abort(reason)
    await expect(selecting).rejects.toBe(reason)
  })
})

describe('select', () => {
  test('waits for the first channel that has something', async () => {
    const [left, right] = [open(), open()]
    const selecting = select([left, right])
    expect(await isWaiting(selecting)).toBe(true)
    right.trySend('a')
    expect(await selecting).toBe(right)
    expect(right.tryReceive(), 'select takes nothing').toBe('a')
  })

  test('chooses a channel that ends', async () => {
    const [left, right] = [open(), open()]
    const selecting = select([left, right])
    left.close()
    expect(await selecting).toBe(left)
  })

  test('is fair: a busy channel does not starve a quiet one', async () => {
    const [busy, quiet] = [open('a', 'b'), open('c')]
    let chosen = 0
    for (let i = 0; i < 1_000; i += 1) if ((await select([busy, quiet])) === quiet) chosen += 1
    // Nine standard deviations: by chance this fails less often than the machine does.
    expect(chosen).toBeGreaterThan(350)
    expect(chosen).toBeLessThan(650)
  })

  test('leaves no waker behind on the channels that were not chosen', async () => {
    const [left, right] = [open(), open()]
    let waiting = 0
    const counted = {
      get isReady() {
        return left.isReady
      },
      onReady: (waker: () => void) => {
        waiting += 1
        const withdraw = left.onReady(waker)
        return () => {
          waiting -= 1
          withdraw()
        }
      },
    }
    const selecting = select([counted, right])
    await turn()
    expect(waiting).toBe(1)
    right.trySend('a')
    await selecting
    expect(waiting).toBe(0)
  })

  test('never chooses nil, and waits when there is nothing else', async () => {
    const full = open('a', 'b')
    for (let i = 0; i < 20; i += 1) expect(trySelect([undefined, full])).toBe(full)
    expect(trySelect<Channel<string>>([undefined])).toBeUndefined()
    const leaving = new AbortController()
    const nothing = select<Channel<string>>([undefined], leaving.signal)
    expect(await isWaiting(nothing)).toBe(true)
    leaving.abort(new Error('enough'))
    await expect(nothing).rejects.toThrow('enough')
  })

  test('with a default does not wait', () => {
    expect(trySelect([open(), open()])).toBeUndefined()
    const full = open('a', 'b')
    expect(trySelect([open(), full])).toBe(full)
  })
})
