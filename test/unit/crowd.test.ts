// Who of this process is let into which room, as the log's notices say.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Entry } from '../../server/log/entry.ts'
import { Tail } from '../../server/log/tail.ts'
import { closes } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Rooms } from '../../server/room/rooms.ts'
import type { Connection } from '../../server/socket/connection.ts'
import { Crowd, type CrowdOptions } from '../../server/socket/crowd.ts'
import { ann, bob, message, notice } from '../support/entries.ts'
import { connect } from '../support/fake-socket.ts'
import { turn } from '../support/turn.ts'

const summaryOf = (id: string, head: number): RoomSummary => ({
  ...{ id, name: `room ${id}`, kind: 'public', topic: '', isDefault: false, joined: true, role: 'member' },
  ...{ head, read: 0, unread: 0, lastAt: null },
})
const user = ({ id, name }: { id: string; name: string }) => ({ id, name, guest: false, admin: false })

/** A process: its log's tail, its rooms, and a crowd; and the log as its follower hands it on. */
function process(parts: Partial<CrowdOptions> = {}, heads: Record<string, number> = { 7: 3 }) {
  const tail = new Tail(
    { ms: 0, n: 0 },
    new Map(Object.entries(heads).map(([room, seq]) => [room, { seq: seq - 1, at: null }])),
  )
  tail.take(Object.entries(heads).flatMap(([room, seq]) => (seq > 0 ? [message(seq, { room })] : [])))
  const rooms = new Rooms(
    async () => ({ code: 'internal' }),
    (room) => tail.head(room),
  )
  const troubles: unknown[] = []
  const moved: string[] = []
  const crowd = new Crowd({
    ...{ rooms, tail: () => tail },
    joinedRooms: async () => Object.keys(heads).map((room) => summaryOf(room, tail.head(room))),
    summary: async (_user, room) => summaryOf(room, tail.head(room)),
    fromOutside: async () => undefined,
    onMoved: (userId, ids) => moved.push(`${userId}: ${ids.join(' ')}`),
    onTrouble: (error) => troubles.push(error),
    ...parts,
  })
  /** Entries reach the rooms first and move people second, as in main.ts. */
  const happens = async (...entries: Entry[]): Promise<void> => {
    tail.take(entries)
    for (const { room, event } of entries) await rooms.find(room)?.send(event)
    crowd.move(entries)
    await turn()
  }
  /** Somebody is let in and has said where they were. */
  const enters = async (connection: Connection): Promise<void> => {
    await crowd.enter(connection)
    crowd.release(connection, {})
    await turn()
  }
  return { crowd, rooms, tail, happens, enters, troubles, moved }
}

/** Resolves when the test says so. */
function gate<T>() {
  let open: (value: T) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const wait = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { wait, open, fail }
}

afterEach(() => void vi.useRealTimers())

describe('somebody who enters', () => {
  test('is in all their rooms, and hears from the welcome on', async () => {
    const { crowd, happens } = process({}, { 7: 3, 8: 5 })
    const { socket, connection } = connect()
    const summaries = await crowd.enter(connection)
    expect(summaries?.map(({ id, head }) => [id, head])).toEqual([
      ['7', 3],
      ['8', 5],
    ])
    await happens(message(4), message(6, { room: '8' }))
    expect(socket.frames, 'held until the cursors are told').toEqual([])
    crowd.release(connection, {})
    await happens(message(5))
    expect(socket.numbers('7')).toEqual([4, 5])
    expect(socket.numbers('8')).toEqual([6])
  })

  test('with a cursor is told what was missed since, once', async () => {
    const { crowd, happens } = process()
    const { socket, connection } = connect()
    await crowd.enter(connection)
    await happens(message(4))
    crowd.release(connection, { 7: 2 })
    crowd.release(connection, {})
    await happens(message(5))
    expect(socket.numbers()).toEqual([3, 4, 5])
  })

  test('can not name a room that is not theirs', async () => {
    const { crowd, rooms, happens } = process()
    const { socket, connection } = connect()
    await rooms.open('9').register(connect(user(bob)).connection)
    await crowd.enter(connection)
    crowd.release(connection, { 9: 0 })
    await happens(message(1, { room: '9' }))
    expect(socket.numbers('9')).toEqual([])
  })

  test('when their rooms can not be told, is not let in, and can leave', async () => {
    const { crowd } = process({ joinedRooms: () => Promise.reject(new Error('MySQL is away')) })
    const { connection } = connect()
    await expect(crowd.enter(connection)).rejects.toThrow('MySQL is away')
    expect(crowd.leave(connection)).toBe(true)
    expect(crowd.count).toBe(0)
  })

  test('and is gone before their rooms are known, is left in none', async () => {
    const known = gate<RoomSummary[]>()
    const { crowd, rooms } = process({ joinedRooms: () => known.wait })
    const { connection } = connect()
    const entering = crowd.enter(connection)
    crowd.leave(connection)
    known.open([summaryOf('7', 3)])
    expect(await entering).toBeUndefined()
    await turn()
    expect(rooms.count, 'no room holds somebody who is gone').toBe(0)
  })
})

describe('somebody who joins a room', () => {
  test.each([
    ['joins it', notice(1, { kind: 'joined' }, { room: '9' })],
    ['makes it', notice(1, { kind: 'created' }, { room: '9' })],
    ['is added to it', notice(1, { kind: 'added', person: ann }, { room: '9', user: bob })],
  ])('%s: is told of the room first, then the notice and all that follows', async (_how, joined) => {
    const { crowd, happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(joined)
    await happens(message(2, { room: '9' }))
    expect(socket.heard[0]).toMatchObject({ type: 'room', room: { id: '9' } })
    expect(socket.numbers('9')).toEqual([1, 2])
    expect(connection.rooms.has('9')).toBe(true)
    expect(crowd.count).toBe(1)
  })

  test('hears nothing of what was said there before', async () => {
    const { happens, enters, tail } = process()
    const { socket, connection } = connect()
    await enters(connection)
    tail.take([message(1, { room: '9' }), message(2, { room: '9' })])
    await happens(notice(3, { kind: 'joined' }, { room: '9' }))
    expect(socket.numbers('9')).toEqual([3])
  })

  test('joins on each of their devices, and nobody else does', async () => {
    const { happens, enters } = process()
    const [laptop, phone, other] = [connect(), connect(user(ann), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [laptop, phone, other]) await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    expect(laptop.socket.numbers('9')).toEqual([1])
    expect(phone.socket.numbers('9')).toEqual([1])
    expect(other.socket.frames).toEqual([])
  })

  test('while their rooms are not yet known, joins once they are', async () => {
    const known = gate<RoomSummary[]>()
    const { crowd, happens } = process({ joinedRooms: () => known.wait })
    const { socket, connection } = connect()
    const entering = crowd.enter(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    expect(connection.rooms.has('9')).toBe(false)
    known.open([summaryOf('7', 3)])
    await entering
    await happens(message(2, { room: '9' }))
    expect([...connection.rooms.keys()]).toEqual(['7', '9'])
    expect(socket.numbers('9')).toEqual([1, 2])
  })

  test('a join that the list of rooms had already is no second one', async () => {
    const { happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(4, { kind: 'joined' }))
    expect(socket.heard).toMatchObject([{ type: 'notice', seq: 4 }])
  })

  test('hears nothing twice, though they say something before the room can be told to them', async () => {
    const known = gate<RoomSummary | undefined>()
    const { crowd, happens, enters } = process({ summary: () => known.wait })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }), message(2, { room: '9' }))
    // Every frame that a browser sends lets its rooms through.
    crowd.release(connection, {})
    known.open(summaryOf('9', 2))
    await happens(message(3, { room: '9' }))
    expect(socket.numbers('9')).toEqual([1, 2, 3])
  })

  test('hears it though the room can not be told to them', async () => {
    const { happens, enters, troubles } = process({
      summary: () => Promise.reject(new Error('MySQL is away')),
    })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    await happens(message(2, { room: '9' }))
    expect(socket.numbers('9')).toEqual([1, 2])
    expect(troubles).toHaveLength(1)
  })

  test('and is gone meanwhile, is not left in the room', async () => {
    const { crowd, rooms, tail, enters } = process()
    const { connection } = connect()
    await enters(connection)
    const joined = notice(1, { kind: 'joined' }, { room: '9' })
    tail.take([joined])
    crowd.move([joined])
    await Promise.resolve()
    expect(connection.isHeld('9'), 'the set-up: on their way in').toBe(true)
    crowd.leave(connection)
    await turn()
    expect(rooms.count).toBe(0)
  })
})

describe('a new room', () => {
  const made = notice(1, { kind: 'created' }, { room: '9' })
  const seen = { ...summaryOf('9', 1), joined: false, role: null }

  test('that is public is told to everybody who is not in it', async () => {
    const { happens, enters } = process({ fromOutside: async () => seen })
    const [hers, his, theirs] = [connect(), connect(user(bob), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [hers, his, theirs]) await enters(connection)
    await happens(made)
    expect(hers.socket.heard.map(({ type }) => type)).toEqual(['room', 'notice'])
    expect(his.socket.heard).toEqual([{ type: 'open', room: seen }])
    expect(theirs.socket.heard).toEqual([{ type: 'open', room: seen }])
  })

  test('that is private is told to nobody else', async () => {
    const { happens, enters } = process()
    const his = connect(user(bob))
    await enters(his.connection)
    await happens(made)
    expect(his.socket.heard).toEqual([])
  })

  test('is no news to somebody who has joined it meanwhile, nor to somebody who is gone', async () => {
    const known = gate<RoomSummary | undefined>()
    const { crowd, happens, enters } = process({ fromOutside: () => known.wait })
    const [his, gone] = [connect(user(bob)), connect(user({ id: '3', name: 'Cho' }), 's3')]
    for (const { connection } of [his, gone]) await enters(connection)
    await happens(made, notice(2, { kind: 'joined' }, { room: '9', user: bob }))
    crowd.leave(gone.connection)
    known.open(seen)
    await turn()
    expect(his.socket.heard.map(({ type }) => type)).not.toContain('open')
    expect(gone.socket.heard).toEqual([])
    expect(crowd.count).toBe(1)
  })
})

describe('what becomes of somebody in a room', () => {
  test('who is removed is told so on each device, and who removed them stays', async () => {
    const { happens, enters } = process()
    const [laptop, phone, his] = [connect(), connect(user(ann), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [laptop, phone, his]) await enters(connection)
    await happens(notice(4, { kind: 'removed', person: ann }, { user: bob }))
    await happens(message(5))
    for (const { socket } of [laptop, phone]) {
      expect(socket.heard.map(({ type }) => type)).toEqual(['notice', 'gone'])
    }
    expect(his.socket.numbers()).toEqual([4, 5])
  })

  test('who is something else there gets the room anew, on each device, and nobody else does', async () => {
    const { happens, enters } = process()
    const [laptop, phone, his] = [connect(), connect(user(ann), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [laptop, phone, his]) await enters(connection)
    await happens(notice(4, { kind: 'role', person: ann, role: 'moderator' }, { user: bob }))
    for (const { socket } of [laptop, phone])
      expect(socket.heard).toMatchObject([{ type: 'notice' }, { type: 'room', room: { id: '7' } }])
    expect(his.socket.heard.map(({ type }) => type)).toEqual(['notice'])
  })

  test('who is something else in a room they have left is not told of it', async () => {
    const { happens, enters } = process({
      summary: async () => ({ ...summaryOf('7', 4), joined: false, role: null }),
    })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(4, { kind: 'role', person: ann, role: 'moderator' }, { user: bob }))
    expect(socket.heard.map(({ type }) => type)).toEqual(['notice'])
  })
})

describe('somebody who leaves a room', () => {
  const left = (seq: number, room = '7') => notice(seq, { kind: 'left' }, { room })

  test('is told so on each device, and hears nothing more of it', async () => {
    const { happens, enters, rooms } = process()
    const [laptop, phone] = [connect(), connect(user(ann), 's2')]
    for (const { connection } of [laptop, phone]) await enters(connection)
    await happens(left(4))
    await happens(message(5))
    for (const { socket, connection } of [laptop, phone]) {
      expect(socket.heard.at(-1)).toEqual({ type: 'gone', room: '7' })
      expect(connection.rooms.has('7')).toBe(false)
    }
    expect(rooms.find('7'), 'nobody is in it').toBeUndefined()
  })

  test('takes nobody along', async () => {
    const { happens, enters } = process()
    const [hers, his] = [connect(), connect(user(bob), 's2')]
    for (const { connection } of [hers, his]) await enters(connection)
    await happens(left(4))
    await happens(message(5))
    expect(his.socket.numbers()).toEqual([4, 5])
  })

  test('while their rooms are not yet known, leaves once they are, after the welcome', async () => {
    const known = gate<RoomSummary[]>()
    const { crowd, happens } = process({ joinedRooms: () => known.wait })
    const { socket, connection } = connect()
    const entering = crowd.enter(connection).then((rooms) => {
      if (rooms === undefined) throw new Error('was not let in')
      connection.tell({ type: 'welcome', user: connection.user, rooms, epoch: 'e', at: 1 })
    })
    await happens(left(4))
    known.open([summaryOf('7', 3)])
    await entering
    await turn()
    expect(socket.heard.map(({ type }) => type)).toEqual(['welcome', 'gone'])
    expect(connection.rooms.has('7')).toBe(false)
  })

  test('and joins again at once, hears the room', async () => {
    const { happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(left(4), notice(5, { kind: 'joined' }))
    await happens(message(6))
    expect(connection.rooms.has('7')).toBe(true)
    expect(
      socket.heard.filter(({ type }) => type === 'gone' || type === 'room').map(({ type }) => type),
    ).toEqual(['gone', 'room'])
    expect(socket.numbers().slice(-2)).toEqual([5, 6])
  })

  test('that they have just joined, is not in it, and hears nothing that is said after', async () => {
    const known = gate<RoomSummary | undefined>()
    const { happens, enters, rooms } = process({ summary: () => known.wait })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }), left(2, '9'))
    await happens(message(3, { room: '9', text: 'not for Ann' }))
    known.open({ ...summaryOf('9', 3), joined: false })
    await turn()
    expect(connection.rooms.has('9'), 'may not speak there either').toBe(false)
    expect(connection.isHeld('9')).toBe(false)
    expect(socket.heard).toEqual([{ type: 'gone', room: '9' }])
    expect(rooms.find('9')).toBeUndefined()
  })

  test('and joins it a second time, hears it from the second time on', async () => {
    const answers = [gate<RoomSummary | undefined>(), gate<RoomSummary | undefined>()]
    const asked = [...answers]
    const { happens, enters } = process({ summary: async () => asked.shift()?.wait })
    const { socket, connection } = connect()
    await enters(connection)
    const joined = (seq: number) => notice(seq, { kind: 'joined' }, { room: '9' })
    await happens(joined(1))
    await happens(left(2, '9'), message(3, { room: '9', text: 'not for Ann' }), joined(4))
    for (const answer of answers) {
      answer.open(summaryOf('9', 4))
      await turn()
    }
    await happens(message(5, { room: '9' }))
    expect(socket.heard.map(({ type }) => type)).toEqual(['gone', 'room', 'notice', 'message'])
    expect(socket.numbers('9')).toEqual([4, 5])
  })
})

describe('the crowd', () => {
  test('says when somebody has left with their last device', async () => {
    const { crowd, enters, rooms } = process()
    const [laptop, phone] = [connect(), connect(user(ann), 's2')]
    for (const { connection } of [laptop, phone]) await enters(connection)
    expect(crowd.count).toBe(2)
    expect(crowd.of('1').size).toBe(2)
    expect(crowd.leave(laptop.connection)).toBe(false)
    expect(crowd.leave(phone.connection)).toBe(true)
    expect(crowd.leave(phone.connection), 'leaving twice is the same as once').toBe(false)
    await turn()
    expect([crowd.count, crowd.of('1').size, rooms.count]).toEqual([0, 0, 0])
  })

  test('tells a person on all their devices, and nobody else', async () => {
    const { crowd, enters } = process()
    const [laptop, phone, other] = [connect(), connect(user(ann), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [laptop, phone, other]) await enters(connection)
    crowd.tellPerson('1', { type: 'read', room: '7', seq: 3, unread: 0 })
    await turn()
    expect(laptop.socket.heard).toEqual([{ type: 'read', room: '7', seq: 3, unread: 0 }])
    expect(phone.socket.heard).toEqual(laptop.socket.heard)
    expect(other.socket.frames).toEqual([])
  })

  test('tells nobody anything before their welcome', async () => {
    const known = gate<RoomSummary[]>()
    const { crowd } = process({ joinedRooms: () => known.wait })
    const { socket, connection } = connect()
    const entering = crowd.enter(connection)
    crowd.tellPerson('1', { type: 'read', room: '7', seq: 3, unread: 0 })
    await turn()
    expect(socket.frames).toEqual([])
    known.open([])
    await entering
    await turn()
    expect(socket.heard).toEqual([{ type: 'read', room: '7', seq: 3, unread: 0 }])
  })

  test('closes the connections of a session that has ended, and no other', async () => {
    const { crowd, enters } = process()
    const [laptop, tab, phone] = [connect(), connect(), connect(user(ann), 's2')]
    for (const { connection } of [laptop, tab, phone]) await enters(connection)
    crowd.signOut('s1')
    expect(laptop.socket.closed).toEqual(closes.signedOut)
    expect(tab.socket.closed).toEqual(closes.signedOut)
    expect(phone.socket.closed).toBeUndefined()
  })

  test('closes everybody when the server stops, also who is still on their way in', async () => {
    const { crowd, enters } = process()
    const [inside, outside] = [connect(), connect(user(bob))]
    await enters(inside.connection)
    void crowd.enter(outside.connection)
    crowd.closeAll(closes.moving)
    expect([inside.socket.closed, outside.socket.closed]).toEqual([closes.moving, closes.moving])
  })

  test('says in which rooms somebody is whenever that changes, and not of who is gone', async () => {
    const { crowd, happens, enters, moved } = process()
    const { connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    await happens(notice(4, { kind: 'left' }))
    expect(moved).toEqual(['1: 7 9', '1: 9'])
    crowd.move([notice(2, { kind: 'left' }, { room: '9' }), notice(5, { kind: 'joined' })])
    crowd.leave(connection)
    await turn()
    expect(moved).toHaveLength(2)
  })

  test('is sent away by a server that stops a slice at a time, and is waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { crowd } = process({}, {})
    const all = Array.from({ length: 120 }, () => connect())
    for (const { connection } of all) void crowd.enter(connection)
    const gone = (): number => all.filter(({ socket }) => socket.closed !== undefined).length
    let isOver = false
    const moving = crowd.moveAway().then(() => {
      isOver = true
    })
    const slices = [gone()]
    while (gone() < all.length) {
      await vi.advanceTimersByTimeAsync(10)
      if (gone() !== slices.at(-1)) slices.push(gone())
    }
    expect(slices).toEqual([50, 100, 120])
    expect(isOver, 'their goodbyes are not there yet').toBe(false)
    for (const { connection } of all) crowd.leave(connection)
    await vi.advanceTimersByTimeAsync(100)
    expect(isOver).toBe(true)
    await moving
  })

  test('does not keep a server from stopping that nobody says goodbye to', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { crowd } = process({}, {})
    void crowd.enter(connect().connection)
    const moving = crowd.moveAway()
    await vi.advanceTimersByTimeAsync(limits.drainMs + 100)
    await moving
    expect(crowd.count).toBe(1)
  })

  test('leaves people where they are when others talk, or a topic changes', async () => {
    const { happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(message(4, { user: bob }), notice(5, { kind: 'topic', topic: 'roses' }))
    expect(socket.heard.map(({ type }) => type)).toEqual(['message', 'notice'])
    expect([...connection.rooms.keys()]).toEqual(['7'])
  })
})
