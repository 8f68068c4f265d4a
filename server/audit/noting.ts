// Routes that are noted in the audit log whenever they succeed, and files as soon as they are sent: those whose `config` names what
// to note.
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { aboutFacts } from '../logging/safe.ts'
import type { AuditAbout, AuditKind } from '../protocol/audit.ts'
import { personOf } from '../protocol/people.ts'
import type { Audit } from './audit.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Noted with who asked, from where, the room, the person and the id in the path, and what the body of a PATCH changes. */
    audit?: AuditKind
  }
}

const unnoted = new WeakSet<FastifyRequest>()

/** Of something that nobody else may know to exist, such as a direct room. */
export const leaveUnnoted = (request: FastifyRequest): void => void unnoted.add(request)

/** For the scope that contains all of /api, before its routes. */
export function noteRoutes(api: FastifyInstance, audit: Pick<Audit, 'add'>): void {
  api.decorate('auditLog', audit)
  const note = async (request: FastifyRequest, { statusCode }: FastifyReply): Promise<void> => {
    const { audit: kind } = request.routeOptions.config
    if (kind === undefined || statusCode >= 300 || unnoted.has(request)) return
    const { session, ip: address, log } = request
    const about = aboutOf(request)
    log.info({ user: session?.user.id, address, ...aboutFacts(about) }, kind.replaceAll('_', ' '))
    const by = session === undefined ? {} : { by: personOf(session.user) }
    await audit.add({ kind, ...by, address, about })
  }
  const noted = new WeakSet<FastifyRequest>()
  // A file may be cut off at any byte: what has begun is noted before the first.
  api.addHook('onSend', async (request, reply, payload: unknown) => {
    if (payload instanceof Readable) {
      noted.add(request)
      await note(request, reply)
    }
    return payload
  })
  api.addHook('onResponse', async (request, reply) => {
    if (!noted.has(request)) await note(request, reply)
  })
}

function aboutOf({ params, body, method }: FastifyRequest): AuditAbout {
  const { room, user, ...others } = params as Record<string, string>
  const [id] = Object.values(others)
  return {
    ...(room === undefined ? {} : { room: { id: room } }),
    // Audit.read names them.
    ...(user === undefined ? {} : { person: { id: user, name: '' } }),
    ...(id === undefined ? {} : { id }),
    ...(method === 'PATCH' ? { changed: flat(body as object) } : {}),
  }
}

const iconFields: Readonly<Record<string, string>> = { text: 'icon', hue: 'iconHue' }

/** What is inside of another setting, by its own name, or that of the setting where its own says too little; null: nobody has chosen. */
const flat = (body: object): NonNullable<AuditAbout['changed']> =>
  Object.fromEntries(
    Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
      if (Array.isArray(value)) return [[name, value.join(' ')]]
      if (typeof value !== 'object' || value === null) return [[name, value as string | number | boolean]]
      return Object.entries(value).flatMap(([own, inside]) =>
        inside === null ? [] : [[name === 'icon' ? (iconFields[own] ?? own) : own, inside]],
      )
    }),
  )
