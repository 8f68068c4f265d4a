// The HTTP routes of passkeys: signing in with one, and managing your own.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { logAccountEvent } from '../account/account-log.ts'
import type { Accounts } from '../account/accounts.ts'
import { onlyPeople, onlySignedIn, renewSession, requireSession } from '../account/identify.ts'
import type { Sessions } from '../account/sessions.ts'
import { visitorOf, welcome } from '../account/welcome.ts'
import { granted, Refused } from '../answer.ts'
import { UserAnswer, nothing, refusals } from '../protocol/http.ts'
import {
  PasskeyAnswer,
  PasskeyBeginBody,
  PasskeyBody,
  PasskeyNameBody,
  PasskeyOptionsAnswer,
  PasskeyParams,
  PasskeyRemoveBody,
  PasskeySignInBody,
  PasskeyUseBody,
  WaysAnswer,
  WaysBody,
} from '../protocol/passkeys.ts'
import { confirmedUser } from './confirmed.ts'
import type { OwnPasskeys } from './own-passkeys.ts'
import type { PasskeySignIn } from './passkey-sign-in.ts'
import { relyingPartyOf, type RelyingParty } from './relying-party.ts'

export interface PasskeyRoutes {
  accounts: Pick<Accounts, 'refusePassword'>
  sessions: Sessions
  signIn: PasskeySignIn
  own: OwnPasskeys
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
  publicUrl: URL | undefined
}

const tags = ['security']

/** For a scope that `identify` has prepared. */
export const passkeyRoutes: FastifyPluginAsyncTypebox<PasskeyRoutes> = async (app, deps) => {
  await app.register(signInRoutes, deps)
  await app.register(ownRoutes, deps)
  await app.register(changeRoutes, deps)
}

/** @throws Refused if no passkey can belong to the name under which it is asked */
function siteOf({ host }: Pick<FastifyRequest, 'host'>, publicUrl: URL | undefined): RelyingParty {
  const site = relyingPartyOf(host, { publicUrl })
  if (site === undefined) throw new Refused({ code: 'no_passkeys_here' })
  return site
}

const signInRoutes: FastifyPluginAsyncTypebox<PasskeyRoutes> = async (
  app,
  { signIn, knocked, publicUrl },
) => {
  app.addHook('preHandler', knocked)
  // A banned address keeps no administrator out: who it is shows at the end.
  const config = { judgesBans: true } as const

  app.post(
    '/api/session/passkey/options',
    {
      config,
      schema: {
        tags,
        security: [],
        operationId: 'postPasskeyOptions',
        summary: 'Begin to sign in with a passkey: without a name, or after `second_factor_needed`',
        body: PasskeySignInBody,
        response: { 200: PasskeyOptionsAnswer, ...refusals },
      },
    },
    async (request) => granted(await signIn.begin(siteOf(request, publicUrl), request.body.ticket)),
  )

  app.post(
    '/api/session/passkey',
    {
      config,
      schema: {
        tags,
        security: [],
        operationId: 'postPasskeySession',
        summary: 'Sign in with a passkey; no other factor is asked for',
        body: PasskeyUseBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const came = await signIn.finish(siteOf(request, publicUrl), request.body, visitorOf(request))
      return welcome(request, reply, { status: 200, kind: 'signed_in' }, came)
    },
  )

  app.post(
    '/api/session/second-factor/ways',
    {
      config,
      schema: {
        tags,
        security: [],
        operationId: 'postSecondFactorWays',
        summary: 'With what somebody can go on after `second_factor_needed`',
        body: WaysBody,
        response: { 200: WaysAnswer, ...refusals },
      },
    },
    async ({ host, body }) => granted(await signIn.ways(relyingPartyOf(host, { publicUrl }), body.ticket)),
  )
}

/** Also for whoever has to set up a second factor first. */
const config = { isForAll: true } as const

/** Adding one. */
const ownRoutes: FastifyPluginAsyncTypebox<PasskeyRoutes> = async (app, deps) => {
  const { accounts, sessions, own, publicUrl } = deps
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.post(
    '/api/security/passkeys/options',
    {
      config,
      schema: {
        tags,
        operationId: 'postNewPasskeyOptions',
        summary: 'Begin to add a passkey; needs the password',
        body: PasskeyBeginBody,
        response: { 200: PasskeyOptionsAnswer, ...refusals },
      },
    },
    async (request) => {
      const site = siteOf(request, publicUrl)
      return own.begin(await confirmedUser(request, request.body.password, accounts), site)
    },
  )

  app.post(
    '/api/security/passkeys',
    {
      config,
      schema: {
        tags,
        operationId: 'postPasskey',
        summary:
          'Add the passkey that the browser has made; other sessions end. With the first second factor there are recovery codes, this once',
        body: PasskeyBody,
        response: { 201: PasskeyAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const session = requireSession(request)
      const added = granted(await own.confirm(session, siteOf(request, publicUrl), request.body))
      await renewSession(request, reply, sessions)
      await logAccountEvent(request, session.user, 'passkey_added', { name: added.passkey.name })
      return reply.code(201).send(added)
    },
  )
}

const changeRoutes: FastifyPluginAsyncTypebox<PasskeyRoutes> = async (app, { accounts, own }) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.patch(
    '/api/security/passkeys/:passkey',
    {
      config,
      schema: {
        tags,
        operationId: 'patchPasskey',
        summary: 'Name one of your passkeys',
        params: PasskeyParams,
        body: PasskeyNameBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await own.rename(user, request.params.passkey, request.body.name)
      if (refusal !== undefined) throw new Refused(refusal)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/security/passkeys/:passkey',
    {
      config,
      schema: {
        tags,
        operationId: 'deletePasskey',
        summary: 'Remove one of your passkeys; needs the password',
        params: PasskeyParams,
        body: PasskeyRemoveBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const user = await confirmedUser(request, request.body.password, accounts)
      const { name } = granted(await own.remove(user, request.params.passkey))
      await logAccountEvent(request, user, 'passkey_removed', { name })
      return reply.code(204).send(null)
    },
  )
}
