// Binds a sign-in at the identity provider or the directory to the browser that began it: nobody can be made to finish somebody else's.
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { limits } from '../protocol/limits.ts'

/** Over TLS a neighbouring subdomain cannot set it. */
const nameOf = ({ protocol }: Pick<FastifyRequest, 'protocol'>): string =>
  protocol === 'https' ? '__Host-brook-oidc' : 'brook-oidc'

/** Lax: it comes along when the provider sends the browser back. '' takes it away. */
export function keepTicket(request: FastifyRequest, reply: FastifyReply, ticket: string): void {
  const cookie = fastifyCookie.serialize(nameOf(request), ticket, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
    maxAge: ticket === '' ? 0 : limits.identity.oidcMs / 1_000,
  })
  void reply.header('set-cookie', cookie)
}

export const keptTicket = (request: FastifyRequest): string =>
  fastifyCookie.parse(request.headers.cookie ?? '')[nameOf(request)] ?? ''
