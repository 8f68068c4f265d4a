// The token of a browser or a bot: how it is created, sent and found in a request. Uses no store.
import { createHash, randomBytes } from 'node:crypto'
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { limits } from '../protocol/limits.ts'

/** The part of a request that identification needs; an upgrade to WebSocket has it as well. */
export type Knock = Pick<FastifyRequest, 'headers' | 'protocol' | 'host'>

const tokenBytes = 32
const shape = /^[A-Za-z0-9_-]{43}$/
/** This prefix identifies a leaked bot token, to people and to secret scanners. */
const botPrefix = 'brook_bot_'

/** 32 random bytes as base64url. */
export const newToken = (): string => randomBytes(tokenBytes).toString('base64url')

export const newBotToken = (): string => botPrefix + newToken()

/** Stored instead of the token. The token has 256 random bits, so a plain SHA-256 cannot be reversed by search. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * The token of a request: `Authorization: Bearer`, otherwise the cookie; undefined if there is none of the right form.
 * Over TLS only the `__Host-` cookie counts, because a neighbouring subdomain cannot set it.
 */
export function tokenOf(request: Knock): string | undefined {
  const bearer = bearerOf(request)
  const token = bearer ?? cookieOf(request)
  if (token === undefined) return undefined
  const bare = bearer?.startsWith(botPrefix) === true ? bearer.slice(botPrefix.length) : token
  return shape.test(bare) ? token : undefined
}

/** Whether a request brings something that is to be a token, good or not, even under the name of the other protocol. */
export const bringsToken = ({ headers }: Knock): boolean => {
  const cookies = headers.cookie === undefined ? {} : fastifyCookie.parse(headers.cookie)
  return headers.authorization !== undefined || Object.values(cookieNames).some((name) => name in cookies)
}

/** Sends the browser its token, valid as long as an unused session. */
export function giveToken(request: Knock, reply: FastifyReply, token: string): void {
  setCookie(request, reply, token, limits.sessionMs / 1_000)
}

export function takeTokenBack(request: Knock, reply: FastifyReply): void {
  setCookie(request, reply, '', 0)
}

/** Extends a browser's cookie, as the session is extended by use. */
export function renewToken(request: Knock, reply: FastifyReply): void {
  // It has just been given another one.
  if (reply.hasHeader('set-cookie')) return
  const token = cookieOf(request)
  if (token !== undefined && token === tokenOf(request)) giveToken(request, reply, token)
}

/**
 * True unless the request comes from another site's page. A browser sends its page's Origin with everything that
 * changes something and with a WebSocket upgrade, and in Sec-Fetch-Site the relation of that page; a client that sends
 * neither is not a browser (a script with a cookie jar), and another site's page cannot control it.
 */
export function isSameOrigin(request: Knock): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none'
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  // The host is parsed with the page's own scheme, so that example.org and example.org:443 are the same.
  const own = `${page.protocol}//${request.host}`
  return URL.canParse(own) && new URL(own).host === page.host && page.host !== ''
}

/** What `Authorization: Bearer` brings, whatever it is. */
export const bearerOf = ({ headers }: Pick<Knock, 'headers'>): string | undefined =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]

const isSecure = ({ protocol }: Knock): boolean => protocol === 'https'

export const cookieNames = { plain: 'brook', tls: '__Host-brook' } as const

const cookieName = (request: Knock): string => cookieNames[isSecure(request) ? 'tls' : 'plain']

function cookieOf(request: Knock): string | undefined {
  const { cookie } = request.headers
  return cookie === undefined ? undefined : fastifyCookie.parse(cookie)[cookieName(request)]
}

function setCookie(request: Knock, reply: FastifyReply, value: string, maxAge: number): void {
  const cookie = fastifyCookie.serialize(cookieName(request), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    maxAge,
  })
  void reply.header('set-cookie', cookie)
}
