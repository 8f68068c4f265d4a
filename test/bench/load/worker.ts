// One thread of the load: its share of the sockets and of the messages. Runs the orders of load.ts, in sequence.
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { clock } from './clock.ts'
import { sendFrame, type Wording } from './frames.ts'
import { Listener } from './listener.ts'
import { Tally } from './tally.ts'
import { Transcript } from './transcript.ts'

export interface Share extends Wording {
  port: number
  /** One socket for each. */
  cookies: string[]
  /** Of `threads` threads this is number `thread`: it sends the messages thread, thread + threads, ... */
  thread: number
  threads: number
  /** When each message was written, by its number; as long as there may be messages. */
  sentAt: SharedArrayBuffer
}

/** Times are of the common clock. `at`: when message 0 is due. */
export type Talk =
  | { kind: 'steady'; at: number; perSecond: number; messages: number }
  | { kind: 'full'; from: number; to: number; inFlight: number }

export type Order =
  | { do: 'connect' }
  /** Connected, and nothing has arrived for this long. */
  | { do: 'calm'; forMs: number }
  | { do: 'talk'; talk: Talk }
  /** Waits until every listener has everything up to its room's head, or nothing more arrives. */
  | { do: 'finish'; heads: Record<string, number> }
  | { do: 'tell' }

/** Handshakes of a thread in progress at once. */
const handshakes = 25
/** Delay before a retryable message is resent, if the server gives none. */
const againAfterMs = 500
/** Nothing more is expected if nothing has arrived for this long. */
const silentMs = 5_000

const { port, cookies, dialect, naming, thread, threads, sentAt } = workerData as Share
const times = new Float64Array(sentAt)
const tally = new Tally(times)
const listeners: Listener[] = []
let frames: Buffer[] = []
/** The position in `frames` of the next one to send. */
let following = 0
let mayRefill: () => boolean = () => false

const messageAt = (place: number): number => place * threads + thread

function sendNext(): void {
  const frame = frames[following]
  const message = messageAt(following)
  const listener = listeners[following % listeners.length]
  if (frame === undefined || listener === undefined) return
  following += 1
  tally.sent += 1
  times[message] = clock()
  listener.write(frame)
}

async function connect(): Promise<void> {
  const left = [...cookies]
  const onFirst = (message: number): void => {
    if (message % threads === thread && mayRefill()) sendNext()
  }
  const onAgain = (message: number, listener: Listener, afterMs = againAfterMs): void => {
    const frame = frames[(message - thread) / threads]
    if (frame !== undefined) setTimeout(() => listener.write(frame), afterMs)
  }
  const shake = async (): Promise<void> => {
    for (let cookie = left.pop(); cookie !== undefined; cookie = left.pop())
      listeners.push(await Listener.connect({ port, cookie, dialect, tally, onFirst, onAgain }))
  }
  await Promise.all(Array.from({ length: handshakes }, shake))
  const count = Math.floor((times.length - 1 - thread) / threads) + 1
  const roomAt = (place: number): string => listeners[place % listeners.length]?.room ?? ''
  frames = Array.from({ length: count }, (_, place) =>
    sendFrame(roomAt(place), messageAt(place), { dialect, naming }),
  )
}

async function calm(forMs: number): Promise<void> {
  while (clock() - tally.lastHeardAt < forMs) await pause(20)
}

async function talk(order: Talk): Promise<void> {
  const transcripts = new Map<string, Transcript>()
  for (const listener of listeners) {
    const transcript = transcripts.get(listener.room) ?? new Transcript()
    transcripts.set(listener.room, transcript)
    listener.begin(transcript)
  }
  if (order.kind === 'steady') {
    tally.from = order.at
    await talkSteadily(order)
  } else await talkFully(order)
}

/** Open loop: a message is sent when it is due, regardless of earlier ones. */
async function talkSteadily({ at, perSecond, messages }: Extract<Talk, { kind: 'steady' }>): Promise<void> {
  while (messageAt(following) < messages) {
    const dueIn = at + (messageAt(following) * 1_000) / perSecond - clock()
    if (dueIn > 0) await pause(dueIn)
    else sendNext()
  }
}

/** Closed loop: each message received triggers the next. */
async function talkFully({ from, to, inFlight }: Extract<Talk, { kind: 'full' }>): Promise<void> {
  tally.from = from
  tally.to = to
  mayRefill = () => clock() < to
  for (let i = 0; i < inFlight; i += 1) sendNext()
  while (clock() < to) await pause(10)
}

const missing = (heads: Record<string, number>): number =>
  listeners.reduce((sum, listener) => sum + listener.missingUpTo(heads[listener.room] ?? 0), 0)

async function finish(heads: Record<string, number>): Promise<void> {
  const isWhole = (): boolean => tally.answers >= tally.sent && missing(heads) === 0
  while (clock() - tally.lastHeardAt < silentMs && !isWhole()) await pause(20)
}

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'connect':
      return connect()
    case 'calm':
      return calm(order.forMs)
    case 'talk':
      return talk(order.talk)
    case 'finish':
      await finish(order.heads)
      return missing(order.heads)
    case 'tell':
      return tally.tell()
  }
}

parentPort?.on('message', (order: Order) => {
  obey(order).then(
    (done) => parentPort?.postMessage({ done }),
    (error: unknown) => parentPort?.postMessage({ error }),
  )
})
