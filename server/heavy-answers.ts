// Answers that may take long to make, such as pages of messages: a person makes one at a time and the process a few, and each is
// written in slices, so that nobody else waits for it. A route says in its config that it is `heavy`, and how.
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { refuse } from './answer.ts'
import type { FairGate, Leave } from './channel/fair-gate.ts'
import type { Rest, Slices } from './channel/slices.ts'

/** What is heavy: making the answer and writing it; or only writing it, where the route may wait for something first. */
export type Heavy = 'made' | 'written'

declare module 'fastify' {
  interface FastifyContextConfig {
    heavy?: Heavy
  }
  interface FastifyRequest {
    /** Gives back the place of a heavy request. */
    leave: Leave | undefined
  }
}

/** What heavy work has to go through. */
export interface HeavyWork {
  gate: FairGate
  slices: Slices
}

/** When somebody who has too much waiting may ask again: each waits some tens of milliseconds. */
const retryAfterMs = 1_000
/** Characters that become bytes and are compressed in one step. */
const pieceChars = 64 * 1024

/** For the routes that are registered after it. Called after `identify`, so that rates come first. */
export function heavyAnswers(app: FastifyInstance, { gate, slices }: HeavyWork): void {
  app.decorateRequest('leave', undefined)

  app.addHook('preHandler', async (request, reply) => {
    const { routeOptions, session, signal } = request
    if (routeOptions.config.heavy !== 'made' || session === undefined) return undefined
    request.leave = await gate.enter(session.user.id, signal)
    return request.leave === undefined ? refuse(reply, { code: 'too_many', retryAfterMs }) : undefined
  })

  app.addHook('preSerialization', async (request, reply, payload: Record<string, unknown>) => {
    const { config, schema } = request.routeOptions
    const answer = (schema?.response as Record<string, Schema> | undefined)?.['200']
    if (config.heavy === undefined || reply.statusCode !== 200 || answer === undefined) return payload
    const written = request.signal.aborted ? '' : await written200(payload, answer, reply, slices.begin())
    // As it is. Trap: Fastify's type is that of a text, and a stream does as well.
    reply.serializer((text: unknown) => text as string)
    return written
  })

  // Invariant: a place is given back whatever is answered, and not while its work goes on for nobody.
  app.addHook('onSend', async (request) => request.leave?.())
}

interface Schema {
  [key: string]: unknown
  properties?: Record<string, { type?: string; items?: Schema }>
  required?: string[]
}

/** The lists of an answer, whose items are written one by one, and the schema of all the rest. */
interface Shape {
  lists: [name: string, item: Schema][]
  rest: Schema
}

const shapes = new WeakMap<Schema, Shape>()

function shapeOf(answer: Schema): Shape {
  const known = shapes.get(answer)
  if (known !== undefined) return known
  const { properties = {}, required = [] } = answer
  const lists = Object.entries(properties).flatMap<[string, Schema]>(([name, { type, items }]) =>
    type === 'array' && items !== undefined ? [[name, items]] : [],
  )
  const isList = (name: string): boolean => lists.some(([list]) => list === name)
  const others = Object.entries(properties).filter(([name]) => !isList(name))
  const rest = {
    ...answer,
    properties: Object.fromEntries(others),
    required: required.filter((name) => !isList(name)),
  }
  const shape = { lists, rest }
  shapes.set(answer, shape)
  return shape
}

/** An answer as JSON, as its schema has it. The lists come first. */
async function written200(
  payload: Record<string, unknown>,
  answer: Schema,
  reply: FastifyReply,
  rest: Rest,
): Promise<string | Readable> {
  const { lists, rest: others } = shapeOf(answer)
  const pieces: string[] = []
  let piece = '{'
  for (const [name, schema] of lists) {
    const items = payload[name]
    if (!Array.isArray(items)) continue
    const write = reply.compileSerializationSchema(schema)
    piece += `${JSON.stringify(name)}:[`
    for (const [at, item] of items.entries()) {
      piece += (at === 0 ? '' : ',') + write(item)
      if (piece.length >= pieceChars) {
        pieces.push(piece)
        piece = ''
      }
      await rest()
    }
    piece += '],'
  }
  const shell = reply.compileSerializationSchema(others)(payload)
  piece = shell === '{}' ? `${piece.replace(/,$/, '')}}` : piece + shell.slice(1)
  // A long answer is not joined: its bytes are made, compressed and sent piece by piece.
  return pieces.length === 0 ? piece : Readable.from([...pieces, piece], { objectMode: false })
}
