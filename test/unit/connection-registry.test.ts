// Which connections of this process are in which rooms, by the log's notices.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Entry } from '../../server/log/entry.ts'
import { Tail } from '../../server/log/tail.ts'
import { closes } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Rooms } from '../../server/room/rooms.ts'
import type { Connection } from '../../server/socket/connection.ts'
import { ConnectionRegistry } from '../../server/socket/connection-registry.ts'
import type { ConnectionRegistryDeps } from '../../server/socket/registry-deps.ts'
import { ann, bob, message, notice } from '../support/entries.ts'
import { connect } from '../support/fake-socket.ts'
import { turn } from '../support/turn.ts'

const summaryOf = (id: string, head: number): RoomSummary => ({
  id,
  name: `room ${id}`,
  kind: 'public',
  topic: '',
  isDefault: false,
  joined: true,
  role: 'member',
  head,
  read: 0,
  unread: 0,
  lastAt: null,
  level: 'mentions',
  favourite: false,
})
const user = ({ id, name }: { id: string; name: string }) => ({ id, name, guest: false, admin: false })

/** A process: its log's tail, its rooms, and its connections; and the log as its follower passes it on. */
function process(
  memberships: Partial<ConnectionRegistryDeps['memberships']> = {},
  heads: Record<string, number> = { 7: 3 },
) {
  const tail = new Tail(
    { ms: 0, n: 0 },
    new Map(Object.entries(heads).map(([room, seq]) => [room, { seq: seq - 1, at: null }])),
  )
  tail.take(Object.entries(heads).flatMap(([room, seq]) => (seq > 0 ? [message(seq, { room })] : [])))
  const rooms = new Rooms()
  const errors: unknown[] = []
  const moved: string[] = []
  const connections = new ConnectionRegistry({
    rooms,
    log: { tail: () => tail },
    memberships: {
      welcome: async () => ({
        rooms: Object.keys(heads).map((room) => summaryOf(room, tail.head(room))),
        hidden: new Map(),
      }),
      summary: async (_user, room) => summaryOf(room, tail.head(room)),
      asNonMember: async () => undefined,
      newestOpen: async () => undefined,
      ...memberships,
    },
    presence: { came: (userId, ids) => moved.push(`${userId}: ${ids.join(' ')}`) },
    onError: (error) => errors.push(error),
  })
  /** Entries reach the rooms first and move people second, as in main.ts. */
  const happens = async (...entries: Entry[]): Promise<void> => {
    tail.take(entries)
    for (const { room, event } of entries) await rooms.find(room)?.send(event)
    connections.move(entries)
    await turn()
  }
  /** Somebody has connected and sent their cursors. */
  const enters = async (connection: Connection): Promise<void> => {
    await connections.enter(connection)
    connections.release(connection, {})
    await turn()
  }
  return { connections, rooms, tail, happens, enters, errors, moved }
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

describe('a person who connects', () => {
  test('is in all their rooms, and receives events from the welcome on', async () => {
    const { connections, happens } = process({}, { 7: 3, 8: 5 })
    const { socket, connection } = connect()
    const summaries = await connections.enter(connection)
    expect(summaries?.map(({ id, head }) => [id, head])).toEqual([
      ['7', 3],
      ['8', 5],
    ])
    await happens(message(4), message(6, { room: '8' }))
    expect(socket.frames, 'held until the cursors are told').toEqual([])
    connections.release(connection, {})
    await happens(message(5))
    expect(socket.numbers('7')).toEqual([4, 5])
    expect(socket.numbers('8')).toEqual([6])
  })

  test('with a cursor receives what was missed since, once', async () => {
    const { connections, happens } = process()
    const { socket, connection } = connect()
    await connections.enter(connection)
    await happens(message(4))
    connections.release(connection, { 7: 2 })
    connections.release(connection, {})
    await happens(message(5))
    expect(socket.numbers()).toEqual([3, 4, 5])
  })

  test('cannot name a room that is not theirs', async () => {
    const { connections, rooms, happens } = process()
    const { socket, connection } = connect()
    await rooms.open('9').register(connect(user(bob)).connection)
    await connections.enter(connection)
    connections.release(connection, { 9: 0 })
    await happens(message(1, { room: '9' }))
    expect(socket.numbers('9')).toEqual([])
  })

  test('is not let in if their rooms cannot be read, and can leave', async () => {
    const { connections } = process({ welcome: () => Promise.reject(new Error('MySQL is away')) })
    const { connection } = connect()
    await expect(connections.enter(connection)).rejects.toThrow('MySQL is away')
    expect(connections.leave(connection)).toBe(true)
    expect(connections.count).toBe(0)
  })

  test('and is gone before their rooms are known, is left in none', async () => {
    const known = gate<RoomSummary[]>()
    const { connections, rooms } = process({
      welcome: async () => ({ rooms: await known.wait, hidden: new Map() }),
    })
    const { connection } = connect()
    const entering = connections.enter(connection)
    connections.leave(connection)
    known.open([summaryOf('7', 3)])
    expect(await entering).toBeUndefined()
    await turn()
    expect(rooms.count, 'no room holds somebody who is gone').toBe(0)
  })
})

describe('a person who joins a room', () => {
  test.each([
    ['joins it', notice(1, { kind: 'joined' }, { room: '9' })],
    ['makes it', notice(1, { kind: 'created' }, { room: '9' })],
    ['is added to it', notice(1, { kind: 'added', person: ann }, { room: '9', user: bob })],
  ])('%s: receives the room first, then the notice and everything after it', async (_how, joined) => {
    const { connections, happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(joined)
    await happens(message(2, { room: '9' }))
    expect(socket.heard[0]).toMatchObject({ type: 'room', room: { id: '9' } })
    expect(socket.numbers('9')).toEqual([1, 2])
    expect(connection.rooms.has('9')).toBe(true)
    expect(connections.count).toBe(1)
  })

  test('receives no earlier messages of it', async () => {
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
    const { connections, happens } = process({
      welcome: async () => ({ rooms: await known.wait, hidden: new Map() }),
    })
    const { socket, connection } = connect()
    const entering = connections.enter(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    expect(connection.rooms.has('9')).toBe(false)
    known.open([summaryOf('7', 3)])
    await entering
    await happens(message(2, { room: '9' }))
    expect([...connection.rooms.keys()]).toEqual(['7', '9'])
    expect(socket.numbers('9')).toEqual([1, 2])
  })

  test('does not join again if the list of rooms already had it', async () => {
    const { happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(4, { kind: 'joined' }))
    expect(socket.heard).toMatchObject([{ type: 'notice', seq: 4 }])
  })

  test('receives nothing twice, even if they send something before the room can be sent to them', async () => {
    const known = gate<RoomSummary | undefined>()
    const { connections, happens, enters } = process({ summary: () => known.wait })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }), message(2, { room: '9' }))
    // Every frame that a browser sends releases its rooms.
    connections.release(connection, {})
    known.open(summaryOf('9', 2))
    await happens(message(3, { room: '9' }))
    expect(socket.numbers('9')).toEqual([1, 2, 3])
  })

  test('receives its events even if the room cannot be sent to them', async () => {
    const { happens, enters, errors } = process({
      summary: () => Promise.reject(new Error('MySQL is away')),
    })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    await happens(message(2, { room: '9' }))
    expect(socket.numbers('9')).toEqual([1, 2])
    expect(errors).toHaveLength(1)
  })

  test('and is gone meanwhile, is not left in the room', async () => {
    const { connections, rooms, tail, enters } = process()
    const { connection } = connect()
    await enters(connection)
    const joined = notice(1, { kind: 'joined' }, { room: '9' })
    tail.take([joined])
    connections.move([joined])
    await Promise.resolve()
    expect(connection.isHeld('9'), 'the set-up: on their way in').toBe(true)
    connections.leave(connection)
    await turn()
    expect(rooms.count).toBe(0)
  })
})

describe('a new room', () => {
  const made = notice(1, { kind: 'created' }, { room: '9' })
  const seen = { ...summaryOf('9', 1), joined: false, role: null }

  test('that is public is offered to everybody who is not in it', async () => {
    const { happens, enters } = process({ asNonMember: async () => seen })
    const [hers, his, theirs] = [connect(), connect(user(bob), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [hers, his, theirs]) await enters(connection)
    await happens(made)
    expect(hers.socket.heard.map(({ type }) => type)).toEqual(['room', 'notice'])
    expect(his.socket.heard).toEqual([{ type: 'open', room: seen }])
    expect(theirs.socket.heard).toEqual([{ type: 'open', room: seen }])
  })

  test('that is private is offered to nobody else', async () => {
    const { happens, enters } = process()
    const his = connect(user(bob))
    await enters(his.connection)
    await happens(made)
    expect(his.socket.heard).toEqual([])
  })

  test('is not offered to somebody who has joined it meanwhile, or who is gone', async () => {
    const known = gate<RoomSummary | undefined>()
    const { connections, happens, enters } = process({ asNonMember: () => known.wait })
    const [his, gone] = [connect(user(bob)), connect(user({ id: '3', name: 'Cho' }), 's3')]
    for (const { connection } of [his, gone]) await enters(connection)
    await happens(made, notice(2, { kind: 'joined' }, { room: '9', user: bob }))
    connections.leave(gone.connection)
    known.open(seen)
    await turn()
    expect(his.socket.heard.map(({ type }) => type)).not.toContain('open')
    expect(gone.socket.heard).toEqual([])
    expect(connections.count).toBe(1)
  })
})

describe('changes of a member', () => {
  test('a removed person is told on each device, and the person who removed them stays', async () => {
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

  test('a person with a new role receives the room again, on each device, and nobody else does', async () => {
    const { happens, enters } = process()
    const [laptop, phone, his] = [connect(), connect(user(ann), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [laptop, phone, his]) await enters(connection)
    await happens(notice(4, { kind: 'role', person: ann, role: 'moderator' }, { user: bob }))
    for (const { socket } of [laptop, phone])
      expect(socket.heard).toMatchObject([{ type: 'notice' }, { type: 'room', room: { id: '7' } }])
    expect(his.socket.heard.map(({ type }) => type)).toEqual(['notice'])
  })

  test('a person with a new role in a room they have left is not told', async () => {
    const { happens, enters } = process({
      summary: async () => ({ ...summaryOf('7', 4), joined: false, role: null }),
    })
    const { socket, connection } = connect()
    await enters(connection)
    await happens(notice(4, { kind: 'role', person: ann, role: 'moderator' }, { user: bob }))
    expect(socket.heard.map(({ type }) => type)).toEqual(['notice'])
  })
})

describe('a person who leaves a room', () => {
  const left = (seq: number, room = '7') => notice(seq, { kind: 'left' }, { room })

  test('is told on each device, and receives nothing more of it', async () => {
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
    const { connections, happens } = process({
      welcome: async () => ({ rooms: await known.wait, hidden: new Map() }),
    })
    const { socket, connection } = connect()
    const entering = connections.enter(connection).then((rooms) => {
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

  test('and joins again at once, receives the room', async () => {
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

  test('that they have just joined, is not in it, and receives nothing after', async () => {
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

  test('and joins it a second time, receives it from the second time on', async () => {
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

describe('the connections', () => {
  test("report when a person's last device has left", async () => {
    const { connections, enters, rooms } = process()
    const [laptop, phone] = [connect(), connect(user(ann), 's2')]
    for (const { connection } of [laptop, phone]) await enters(connection)
    expect(connections.count).toBe(2)
    expect(connections.of('1').size).toBe(2)
    expect(connections.leave(laptop.connection)).toBe(false)
    expect(connections.leave(phone.connection)).toBe(true)
    expect(connections.leave(phone.connection), 'leaving twice is the same as once').toBe(false)
    await turn()
    expect([connections.count, connections.of('1').size, rooms.count]).toEqual([0, 0, 0])
  })

  test('send to a person on all their devices, and to nobody else', async () => {
    const { connections, enters } = process()
    const [laptop, phone, other] = [connect(), connect(user(ann), 's2'), connect(user(bob), 's3')]
    for (const { connection } of [laptop, phone, other]) await enters(connection)
    connections.tellPerson('1', { type: 'read', room: '7', seq: 3, unread: 0 })
    await turn()
    expect(laptop.socket.heard).toEqual([{ type: 'read', room: '7', seq: 3, unread: 0 }])
    expect(phone.socket.heard).toEqual(laptop.socket.heard)
    expect(other.socket.frames).toEqual([])
  })

  test('send nobody anything before their welcome', async () => {
    const known = gate<RoomSummary[]>()
    const { connections } = process({ welcome: async () => ({ rooms: await known.wait, hidden: new Map() }) })
    const { socket, connection } = connect()
    const entering = connections.enter(connection)
    connections.tellPerson('1', { type: 'read', room: '7', seq: 3, unread: 0 })
    await turn()
    expect(socket.frames).toEqual([])
    known.open([])
    await entering
    await turn()
    expect(socket.heard).toEqual([{ type: 'read', room: '7', seq: 3, unread: 0 }])
  })

  test('close those of a session that has ended, and no others', async () => {
    const { connections, enters } = process()
    const [laptop, tab, phone] = [connect(), connect(), connect(user(ann), 's2')]
    for (const { connection } of [laptop, tab, phone]) await enters(connection)
    connections.signOut('s1')
    expect(laptop.socket.closed).toEqual(closes.signedOut)
    expect(tab.socket.closed).toEqual(closes.signedOut)
    expect(phone.socket.closed).toBeUndefined()
  })

  test('close everybody whose room the log starts anew, even those still connecting', async () => {
    const { connections, enters } = process()
    const [inside, outside] = [connect(), connect(user(bob))]
    await enters(inside.connection)
    void connections.enter(outside.connection)
    connections.closeIn(() => true, closes.moving)
    expect([inside.socket.closed, outside.socket.closed]).toEqual([closes.moving, closes.moving])
  })

  test("report a person's rooms whenever they change, and not for somebody who is gone", async () => {
    const { connections, happens, enters, moved } = process()
    const { connection } = connect()
    await enters(connection)
    await happens(notice(1, { kind: 'joined' }, { room: '9' }))
    await happens(notice(4, { kind: 'left' }))
    expect(moved).toEqual(['1: 7 9', '1: 9'])
    connections.move([notice(2, { kind: 'left' }, { room: '9' }), notice(5, { kind: 'joined' })])
    connections.leave(connection)
    await turn()
    expect(moved).toHaveLength(2)
  })

  test('are moved away by a stopping server a slice at a time, and awaited', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { connections } = process({}, {})
    const all = Array.from({ length: 120 }, () => connect())
    for (const { connection } of all) void connections.enter(connection)
    const gone = (): number => all.filter(({ socket }) => socket.closed !== undefined).length
    let isOver = false
    const moving = connections.moveAway().then(() => {
      isOver = true
    })
    const slices = [gone()]
    while (gone() < all.length) {
      await vi.advanceTimersByTimeAsync(10)
      if (gone() !== slices.at(-1)) slices.push(gone())
    }
    expect(slices).toEqual([50, 100, 120])
    expect(isOver, 'their goodbyes are not there yet').toBe(false)
    for (const { connection } of all) connections.leave(connection)
    await vi.advanceTimersByTimeAsync(100)
    expect(isOver).toBe(true)
    await moving
  })

  test('do not keep a server from stopping if the browser does not answer the close', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { connections } = process({}, {})
    void connections.enter(connect().connection)
    const moving = connections.moveAway()
    await vi.advanceTimersByTimeAsync(limits.drainMs + 100)
    await moving
    expect(connections.count).toBe(1)
  })

  test('stay where they are when others post, or a topic changes', async () => {
    const { happens, enters } = process()
    const { socket, connection } = connect()
    await enters(connection)
    await happens(message(4, { user: bob }), notice(5, { kind: 'topic', topic: 'roses' }))
    expect(socket.heard.map(({ type }) => type)).toEqual(['message', 'notice'])
    expect([...connection.rooms.keys()]).toEqual(['7'])
  })
})

describe('asked again, where a notice was lost,', () => {
  const roomsOf = (rooms: string[]) => async (people: readonly string[]) =>
    new Map(people.map((person) => [person, new Set(rooms)]))

  test('who is in a room no more is out of it, and hears nothing more', async () => {
    const { connections, happens, enters } = process({}, { 7: 3, 8: 5 })
    const { socket, connection } = connect()
    await enters(connection)
    await connections.correct([connection.user.id], roomsOf(['8']))
    expect([...connection.rooms.keys()]).toEqual(['8'])
    await happens(message(4, { room: '7' }))
    expect(socket.heard.filter(({ type }) => type === 'message')).toEqual([])
    expect(socket.heard).toContainEqual({ type: 'gone', room: '7' })
  })

  test('who is in one more is in it, and is told of it once, whether its notice comes late or never', async () => {
    const { connections, happens, enters, tail } = process({}, { 7: 3 })
    const { socket, connection } = connect()
    await enters(connection)
    await connections.correct([connection.user.id], roomsOf(['7', '9']))
    await turn()
    const { id, name } = connection.user
    await happens(notice(1, { kind: 'joined' }, { room: '9', user: { id, name } }))
    await happens(message(2, { room: '9' }))
    expect(tail.head('9')).toBe(2)
    expect(socket.heard.filter(({ type }) => type === 'room')).toHaveLength(1)
    expect(socket.heard.filter((event) => 'seq' in event).map((event) => event.seq)).toEqual([1, 2])
  })

  test('whoever the log moves meanwhile is where the log says', async () => {
    const { connections, happens, enters } = process({}, { 7: 3 })
    const { connection } = connect()
    await enters(connection)
    const read = gate<Map<string, Set<string>>>()
    const corrected = connections.correct([connection.user.id], () => read.wait)
    const { id, name } = connection.user
    await happens(notice(1, { kind: 'joined' }, { room: '9', user: { id, name } }))
    // As MySQL had it before.
    read.open(new Map([[id, new Set(['7'])]]))
    await corrected
    expect([...connection.rooms.keys()]).toEqual(['7', '9'])
  })
})
