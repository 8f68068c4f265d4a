// A room's loop: joins and leaves, and one frame per turn for everybody.
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../server/room/frame.ts'
import { Room, type Listener } from '../../server/room/room.ts'
import { FairScheduler } from '../../server/room/fair-scheduler.ts'
import { message } from '../support/entries.ts'
import { turn } from '../support/turn.ts'

class TestListener implements Listener {
  readonly frames: Frame[] = []

  hear(frame: Frame): void {
    this.frames.push(frame)
  }

  get texts(): string[] {
    return this.frames.map(({ bytes }) => bytes.toString())
  }
}

const roomWith = async (...listeners: TestListener[]): Promise<Room> =>
  roomOf(new FairScheduler(), ...listeners)

/** `scheduler`: of a process that has more rooms. */
const roomOf = async (scheduler: FairScheduler, ...listeners: TestListener[]): Promise<Room> => {
  const room = new Room('7', scheduler, { onEmpty: () => undefined, onTurn: () => undefined })
  await Promise.all(listeners.map((listener) => room.register(listener)))
  return room
}
const said = (seq: number) => message(seq).event
const json = (seq: number): string => JSON.stringify(said(seq))

describe('a room', () => {
  test('sends the events of one turn in one frame, in order', async () => {
    const listener = new TestListener()
    const room = await roomWith(listener)
    for (const seq of [1, 2, 3]) void room.send(said(seq))
    await turn()
    void room.send(said(4))
    await turn()
    expect(listener.texts).toEqual([[json(1), json(2), json(3)].join('\n'), json(4)])
    expect(listener.frames[0]?.told.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  test('serialises once: everybody gets the same bytes', async () => {
    const [ann, bob] = [new TestListener(), new TestListener()]
    const room = await roomWith(ann, bob)
    void room.send(said(1))
    await turn()
    expect(ann.frames).toHaveLength(1)
    expect(ann.frames[0]?.bytes).toBe(bob.frames[0]?.bytes)
  })

  test('numbers only entries: other events, gaps and archived numbers cannot be skipped as known', async () => {
    const listener = new TestListener()
    const room = await roomWith(listener)
    void room.send({ type: 'typing', room: '7', user: { id: '1', name: 'Ann' } })
    void room.send({ type: 'archived', room: '7', seq: 40 })
    void room.send({ type: 'read', room: '7', seq: 41, unread: 0 })
    void room.send({ type: 'gap', room: '7', from: 42, to: 50 })
    void room.send(said(51))
    await turn()
    expect(listener.frames[0]?.told.map(({ seq }) => seq)).toEqual([0, 0, 0, 0, 51])
  })

  test('sends a new listener everything from then on, in the same turn too', async () => {
    const [old, fresh] = [new TestListener(), new TestListener()]
    const room = await roomWith(old)
    void room.send(said(1))
    await turn()
    const coming = room.register(fresh)
    void room.send(said(2))
    await coming
    void room.send(said(3))
    await turn()
    expect(old.frames.flatMap(({ told }) => told.map(({ seq }) => seq))).toEqual([1, 2, 3])
    expect(fresh.frames.flatMap(({ told }) => told.map(({ seq }) => seq))).toEqual([2, 3])
  })

  test('sends a listener that has left nothing more', async () => {
    const [ann, bob] = [new TestListener(), new TestListener()]
    const room = await roomWith(ann, bob)
    await room.unregister(ann)
    void room.send(said(1))
    await turn()
    expect([ann.frames.length, bob.frames.length]).toEqual([0, 1])
  })

  test('serves many listeners in slices: others get their turn in between, and all receive the same in the same order', async () => {
    const listeners = Array.from({ length: 300 }, () => new TestListener())
    const room = await roomWith(...listeners)
    const told = (): number => listeners.filter(({ frames }) => frames.length > 0).length
    void room.send(said(1))
    await turn()
    const first = told()
    expect([first > 0, first < listeners.length]).toEqual([true, true])
    void room.send(said(2))
    while (listeners.at(-1)?.frames.length !== 2) await turn()
    for (const listener of listeners) expect(listener.texts).toEqual([json(1), json(2)])
  })

  test('waits for its turn behind other rooms, in their order, and collects what is sent meanwhile into one frame', async () => {
    const turns = new FairScheduler()
    const [listeners, more, few] = [200, 96, 10].map((count) =>
      Array.from({ length: count }, () => new TestListener()),
    )
    if (!listeners || !more || !few) throw new Error('there are listeners')
    const [large, next, small] = [
      await roomOf(turns, ...listeners),
      await roomOf(turns, ...more),
      await roomOf(turns, ...few),
    ]
    await turn()
    const toldOf = (all: TestListener[]): number => all.filter(({ frames }) => frames.length > 0).length
    void large.send(said(1))
    void next.send(said(1))
    void small.send(said(1))
    const seen: number[][] = []
    for (let seq = 2; toldOf(listeners) < 200; seq += 1) {
      await turn()
      seen.push([listeners, more, few].map(toldOf))
      void small.send(said(seq))
    }
    // The large room asks for its second slice before the others are awake; then it is last, and leaves something to
    // the small room.
    expect(seen).toEqual([
      [96, 0, 0],
      [192, 0, 0],
      [192, 96, 0],
      [200, 96, 10],
    ])
    expect(few.map(({ texts }) => texts[0])).toEqual(few.map(() => [1, 2, 3, 4].map(json).join('\n')))
  })

  test('sends a leaving listener what came before, and nothing after, however late its turn comes', async () => {
    const turns = new FairScheduler()
    const [leaver, stays] = [new TestListener(), new TestListener()]
    const [large, small] = [
      await roomOf(turns, ...Array.from({ length: 200 }, () => new TestListener())),
      await roomOf(turns, leaver, stays),
    ]
    void large.send(said(1))
    void small.send(said(1))
    const going = small.unregister(leaver)
    void small.send(said(2))
    await going
    void small.send(said(3))
    while (stays.texts.join('\n') !== [1, 2, 3].map(json).join('\n')) await turn()
    expect(leaver.texts).toEqual([json(1)])
  })

  test('lets nobody join or leave while a turn is being sent', async () => {
    const [listeners, late] = [Array.from({ length: 200 }, () => new TestListener()), new TestListener()]
    const room = await roomWith(...listeners)
    const last = listeners.at(-1)
    if (last === undefined) throw new Error('there are listeners')
    void room.send(said(1))
    await turn()
    expect(last.frames).toHaveLength(0)
    await Promise.all([room.unregister(last), room.register(late)])
    expect([last.texts, late.texts]).toEqual([[json(1)], []])
  })

  test('registers a listener that joins twice only once', async () => {
    const listener = new TestListener()
    const room = await roomWith(listener, listener)
    void room.send(said(1))
    await turn()
    expect(listener.frames).toHaveLength(1)
  })

  test('a listener that joins and leaves in one turn is gone', async () => {
    const listener = new TestListener()
    const room = await roomWith()
    await Promise.all([room.register(listener), room.unregister(listener)])
    void room.send(said(1))
    await turn()
    expect(listener.frames).toHaveLength(0)
  })

  test('takes a burst larger than its channel: the sender waits, nothing is lost', async () => {
    const listener = new TestListener()
    const room = await roomWith(listener)
    const waits: (Promise<void> | undefined)[] = []
    for (let seq = 1; seq <= 3_000; seq += 1) waits.push(room.send(said(seq)))
    expect(waits.filter((wait) => wait !== undefined)).toHaveLength(3_000 - 1_024)
    await Promise.all(waits)
    await turn()
    const seqs = listener.frames.flatMap(({ told }) => told.map(({ seq }) => seq))
    expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1))
  })

  test('reports that it is empty when the last has left, and not before', async () => {
    const [ann, bob] = [new TestListener(), new TestListener()]
    const empty: Room[] = []
    const room: Room = new Room('7', new FairScheduler(), {
      onEmpty: (one) => empty.push(one),
      onTurn: () => undefined,
    })
    await Promise.all([room.register(ann), room.register(bob)])
    await room.unregister(ann)
    await turn()
    expect(empty).toEqual([])
    await room.unregister(bob)
    await turn()
    expect(empty).toEqual([room])
  })

  test('is not empty while somebody waits to join', async () => {
    const [ann, bob] = [new TestListener(), new TestListener()]
    const empty: Room[] = []
    const room: Room = new Room('7', new FairScheduler(), {
      onEmpty: (one) => empty.push(one),
      onTurn: () => undefined,
    })
    await room.register(ann)
    await Promise.all([room.unregister(ann), room.register(bob)])
    await turn()
    expect(empty).toEqual([])
  })

  test('that is closed answers all waits, sends nothing more and admits nobody', async () => {
    const listener = new TestListener()
    const room = await roomWith()
    const waiting = room.register(listener)
    room.close()
    await waiting
    await turn()
    await expect(room.register(listener)).rejects.toThrow('closed')
    await expect(room.send(said(1))).rejects.toThrow('closed')
    expect(listener.frames).toHaveLength(0)
  })
})
