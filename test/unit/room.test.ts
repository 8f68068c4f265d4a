// A room's loop: who comes and goes, and one frame a turn for everybody.
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../server/room/frame.ts'
import { Room, type Listener } from '../../server/room/room.ts'
import { Turns } from '../../server/room/turns.ts'
import { message } from '../support/entries.ts'
import { turn } from '../support/turn.ts'

class Ear implements Listener {
  readonly frames: Frame[] = []

  hear(frame: Frame): void {
    this.frames.push(frame)
  }

  get texts(): string[] {
    return this.frames.map(({ bytes }) => bytes.toString())
  }
}

const roomWith = async (...ears: Ear[]): Promise<Room> => roomOf(new Turns(), ...ears)

/** `turns`: of a process that has more rooms. */
const roomOf = async (turns: Turns, ...ears: Ear[]): Promise<Room> => {
  const room = new Room('7', turns, () => undefined)
  await Promise.all(ears.map((ear) => room.register(ear)))
  return room
}
const said = (seq: number) => message(seq).event
const json = (seq: number): string => JSON.stringify(said(seq))

describe('a room', () => {
  test('tells what is said in one turn in one frame, in order', async () => {
    const ear = new Ear()
    const room = await roomWith(ear)
    for (const seq of [1, 2, 3]) void room.send(said(seq))
    await turn()
    void room.send(said(4))
    await turn()
    expect(ear.texts).toEqual([[json(1), json(2), json(3)].join('\n'), json(4)])
    expect(ear.frames[0]?.told.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  test('serialises once: everybody is given the same bytes', async () => {
    const [ann, bob] = [new Ear(), new Ear()]
    const room = await roomWith(ann, bob)
    void room.send(said(1))
    await turn()
    expect(ann.frames).toHaveLength(1)
    expect(ann.frames[0]?.bytes).toBe(bob.frames[0]?.bytes)
  })

  test('gives numbers to entries alone: passing things, gaps and archived numbers can not be skipped as known', async () => {
    const ear = new Ear()
    const room = await roomWith(ear)
    void room.send({ type: 'typing', room: '7', user: { id: '1', name: 'Ann' } })
    void room.send({ type: 'archived', room: '7', seq: 40 })
    void room.send({ type: 'read', room: '7', seq: 41, unread: 0 })
    void room.send({ type: 'gap', room: '7', from: 42, to: 50 })
    void room.send(said(51))
    await turn()
    expect(ear.frames[0]?.told.map(({ seq }) => seq)).toEqual([0, 0, 0, 0, 51])
  })

  test('tells somebody who has come whatever is said from then on, in the same turn too', async () => {
    const [old, fresh] = [new Ear(), new Ear()]
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

  test('tells somebody who has gone nothing more', async () => {
    const [ann, bob] = [new Ear(), new Ear()]
    const room = await roomWith(ann, bob)
    await room.unregister(ann)
    void room.send(said(1))
    await turn()
    expect([ann.frames.length, bob.frames.length]).toEqual([0, 1])
  })

  test('tells a crowd in goes: others get their turn in between, and all hear the same in the same order', async () => {
    const ears = Array.from({ length: 300 }, () => new Ear())
    const room = await roomWith(...ears)
    const told = (): number => ears.filter(({ frames }) => frames.length > 0).length
    void room.send(said(1))
    await turn()
    const first = told()
    expect([first > 0, first < ears.length]).toEqual([true, true])
    void room.send(said(2))
    while (ears.at(-1)?.frames.length !== 2) await turn()
    for (const ear of ears) expect(ear.texts).toEqual([json(1), json(2)])
  })

  test('waits for its turn behind other rooms, in their order, and gathers for one frame what is said meanwhile', async () => {
    const turns = new Turns()
    const [ears, more, few] = [200, 96, 10].map((count) => Array.from({ length: count }, () => new Ear()))
    if (!ears || !more || !few) throw new Error('there are ears')
    const [crowd, next, small] = [
      await roomOf(turns, ...ears),
      await roomOf(turns, ...more),
      await roomOf(turns, ...few),
    ]
    await turn()
    const toldOf = (all: Ear[]): number => all.filter(({ frames }) => frames.length > 0).length
    void crowd.send(said(1))
    void next.send(said(1))
    void small.send(said(1))
    const seen: number[][] = []
    for (let seq = 2; toldOf(ears) < 200; seq += 1) {
      await turn()
      seen.push([ears, more, few].map(toldOf))
      void small.send(said(seq))
    }
    // The crowd asks for its second go before the others are awake; then it is last, and the small room leaves something to it.
    expect(seen).toEqual([
      [96, 0, 0],
      [192, 0, 0],
      [192, 96, 0],
      [200, 96, 10],
    ])
    expect(few.map(({ texts }) => texts[0])).toEqual(few.map(() => [1, 2, 3, 4].map(json).join('\n')))
  })

  test('tells whoever goes what was said before, and nothing after, however late its turn comes', async () => {
    const turns = new Turns()
    const [leaver, stays] = [new Ear(), new Ear()]
    const [crowd, small] = [
      await roomOf(turns, ...Array.from({ length: 200 }, () => new Ear())),
      await roomOf(turns, leaver, stays),
    ]
    void crowd.send(said(1))
    void small.send(said(1))
    const going = small.unregister(leaver)
    void small.send(said(2))
    await going
    void small.send(said(3))
    while (stays.texts.join('\n') !== [1, 2, 3].map(json).join('\n')) await turn()
    expect(leaver.texts).toEqual([json(1)])
  })

  test('lets nobody come or go while a crowd is told', async () => {
    const [ears, late] = [Array.from({ length: 200 }, () => new Ear()), new Ear()]
    const room = await roomWith(...ears)
    const last = ears.at(-1)
    if (last === undefined) throw new Error('there are ears')
    void room.send(said(1))
    await turn()
    expect(last.frames).toHaveLength(0)
    await Promise.all([room.unregister(last), room.register(late)])
    expect([last.texts, late.texts]).toEqual([[json(1)], []])
  })

  test('hears of somebody who comes twice once', async () => {
    const ear = new Ear()
    const room = await roomWith(ear, ear)
    void room.send(said(1))
    await turn()
    expect(ear.frames).toHaveLength(1)
  })

  test('whoever comes and goes in one turn is gone', async () => {
    const ear = new Ear()
    const room = await roomWith()
    await Promise.all([room.register(ear), room.unregister(ear)])
    void room.send(said(1))
    await turn()
    expect(ear.frames).toHaveLength(0)
  })

  test('takes a burst larger than its channel: the sender waits, nothing is lost', async () => {
    const ear = new Ear()
    const room = await roomWith(ear)
    const waits: (Promise<void> | undefined)[] = []
    for (let seq = 1; seq <= 3_000; seq += 1) waits.push(room.send(said(seq)))
    expect(waits.filter((wait) => wait !== undefined)).toHaveLength(3_000 - 1_024)
    await Promise.all(waits)
    await turn()
    const seqs = ear.frames.flatMap(({ told }) => told.map(({ seq }) => seq))
    expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1))
  })

  test('says that it is empty when the last has gone, and not before', async () => {
    const [ann, bob] = [new Ear(), new Ear()]
    const empty: Room[] = []
    const room: Room = new Room('7', new Turns(), (one) => empty.push(one))
    await Promise.all([room.register(ann), room.register(bob)])
    await room.unregister(ann)
    await turn()
    expect(empty).toEqual([])
    await room.unregister(bob)
    await turn()
    expect(empty).toEqual([room])
  })

  test('is not empty while somebody waits to come in', async () => {
    const [ann, bob] = [new Ear(), new Ear()]
    const empty: Room[] = []
    const room: Room = new Room('7', new Turns(), (one) => empty.push(one))
    await room.register(ann)
    await Promise.all([room.unregister(ann), room.register(bob)])
    await turn()
    expect(empty).toEqual([])
  })

  test('that is closed answers whoever waited, tells nothing more and lets nobody in', async () => {
    const ear = new Ear()
    const room = await roomWith()
    const waiting = room.register(ear)
    room.close()
    await waiting
    await turn()
    await expect(room.register(ear)).rejects.toThrow('closed')
    await expect(room.send(said(1))).rejects.toThrow('closed')
    expect(ear.frames).toHaveLength(0)
  })
})
