// A crowd that reads: each marker goes to the batched writer, or straight into MySQL. Reports how long each one took.
import type { MysqlAddress } from '../../../server/config.ts'
import { Db, type Param } from '../../../server/db.ts'
import { ReadMarkers, type Mark } from '../../../server/membership/read-markers.ts'
import { obey } from './obey.ts'

export interface Reading {
  how: 'gathered' | 'direct'
  people: number
  rooms: number
  /** Markers of each person, and the time over which they come. */
  markers: number
  seconds: number
}

export interface WasRead {
  ms: number
  /** Milliseconds from a marker to MySQL, of each marker, ascending. */
  lags: number[]
}

obey(async ({ mysql }: { mysql: MysqlAddress }) => {
  const db = new Db(mysql)
  return {
    run: (reading: Reading) => read(db, reading),
    close: () => db.close(),
  }
})

/** When each marker was made; removed when MySQL has it. */
type Waiting = Map<string, { seq: number; at: number }[]>

async function read(db: Db, { how, people, rooms, markers, seconds }: Reading): Promise<WasRead> {
  const waiting: Waiting = new Map()
  const lags: number[] = []
  const written = (user: string, room: string, seq: number): void => {
    const place = `${user} ${room}`
    const left = (waiting.get(place) ?? []).filter((mark) => {
      if (mark.seq <= seq) lags.push(performance.now() - mark.at)
      return mark.seq > seq
    })
    waiting.set(place, left)
  }
  const write = how === 'direct' ? straight(db, written) : gathered(db, written)
  const began = performance.now()
  const total = people * markers
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - began) / (seconds * 1_000)) * total))
    for (; sent < due; sent += 1) {
      const person = sent % people
      const step = Math.floor(sent / people)
      const mark = {
        user: String(person + 1),
        room: String((step % rooms) + 1),
        generation: 0,
        seq: step + 1,
      }
      const place = `${mark.user} ${mark.room}`
      waiting.set(place, [...(waiting.get(place) ?? []), { seq: mark.seq, at: performance.now() }])
      write.mark(mark)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await write.end()
  return { ms: performance.now() - began, lags: lags.sort((a, b) => a - b) }
}

interface Writer {
  mark: (mark: Mark) => void
  end: () => Promise<unknown>
}

type Written = (user: string, room: string, seq: number) => void

function gathered(db: Db, written: Written): Writer {
  const told = {
    run: async (sql: string, params: Param[] = []) => {
      const answer = await db.run(sql, params)
      // Person, room, generation and number of each mark.
      for (let i = 0; i < params.length; i += 4)
        written(String(params[i]), String(params[i + 1]), Number(params[i + 3]))
      return answer
    },
  } as Db
  const heads = (ids: readonly string[]): Map<string, { seq: number; at: null }> =>
    new Map(ids.map((id) => [id, { seq: 1_000_000, at: null }]))
  const markers = new ReadMarkers({ db: told, log: { heads } })
  return { mark: (mark) => markers.mark(mark), end: () => markers.close() }
}

/** One statement per marker, as many in flight as the pool has connections. */
function straight(db: Db, written: Written): Writer {
  const queue: Mark[] = []
  const sql = 'UPDATE memberships SET read_seq = GREATEST(read_seq, ?) WHERE user_id = ? AND room_id = ?'
  let isEnding = false
  const work = async (): Promise<void> => {
    for (;;) {
      const mark = queue.shift()
      if (mark === undefined) {
        if (isEnding) return
        await new Promise((resolve) => setTimeout(resolve, 1))
        continue
      }
      await db.run(sql, [mark.seq, BigInt(mark.user), BigInt(mark.room)])
      written(mark.user, mark.room, mark.seq)
    }
  }
  const workers = Array.from({ length: 8 }, work)
  return {
    mark: (mark) => void queue.push(mark),
    end: () => {
      isEnding = true
      return Promise.all(workers)
    },
  }
}
