// The HTTP routes of second factors: signing in with one, managing your own, and whether administrators need one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { preHandlerAsyncHookHandler } from 'fastify'
import type { Accounts } from '../account/accounts.ts'
import { onlyAdmin, onlyPeople, onlySignedIn, renewSession, requireSession } from '../account/identify.ts'
import { logAccountEvent } from '../account/account-log.ts'
import type { Sessions } from '../account/sessions.ts'
import { visitorOf, welcome } from '../account/welcome.ts'
import { granted, refuse } from '../answer.ts'
import { UserAnswer, nothing, refusals } from '../protocol/http.ts'
import {
  ConfirmBody,
  RecoveryCodesAnswer,
  SecondStepBody,
  SecurityAnswer,
  SecurityRules,
  TotpAnswer,
  TotpBody,
} from '../protocol/security.ts'
import { confirmedUser } from './confirmed.ts'
import type { OwnSecurity } from './own-security.ts'
import { relyingPartyOf } from './relying-party.ts'
import type { SecondStep } from './second-step.ts'

export interface IdentityRoutes {
  accounts: Pick<Accounts, 'refusePassword'>
  sessions: Sessions
  secondStep: SecondStep
  security: OwnSecurity
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
  publicUrl: URL | undefined
}

const tags = ['security']

/** For a scope that `identify` has prepared. */
export const identityRoutes: FastifyPluginAsyncTypebox<IdentityRoutes> = async (app, deps) => {
  await app.register(secondStepRoutes, deps)
  await app.register(ownRoutes, deps)
  await app.register(totpRoutes, deps)
  await app.register(ruleRoutes, deps)
}

const secondStepRoutes: FastifyPluginAsyncTypebox<IdentityRoutes> = async (app, { secondStep, knocked }) => {
  app.post(
    '/api/session/second-factor',
    {
      preHandler: knocked,
      config: { judgesBans: true },
      schema: {
        tags,
        security: [],
        operationId: 'postSecondFactor',
        summary: 'Sign in with a second factor, after `second_factor_needed`',
        body: SecondStepBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { ticket, code } = request.body
      const came = await secondStep.finish(ticket, code, visitorOf(request))
      return welcome(request, reply, { status: 200, kind: 'signed_in' }, came)
    },
  )
}

/** Also for whoever has to set up a second factor first. */
const config = { isForAll: true } as const

const ownRoutes: FastifyPluginAsyncTypebox<IdentityRoutes> = async (app, deps) => {
  const { accounts, security, publicUrl } = deps
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.get(
    '/api/security',
    {
      config,
      schema: {
        tags,
        summary: 'How you prove who you are',
        response: { 200: SecurityAnswer, ...refusals },
      },
    },
    (request) => security.of(requireSession(request).user, relyingPartyOf(request.host, { publicUrl })?.id),
  )

  app.post(
    '/api/security/recovery-codes',
    {
      config,
      schema: {
        tags,
        operationId: 'postRecoveryCodes',
        summary: 'New recovery codes, shown this once; the ones before end. Needs the password',
        body: ConfirmBody,
        response: { 200: RecoveryCodesAnswer, ...refusals },
      },
    },
    async (request) => {
      const user = await confirmedUser(request, request.body.password, accounts)
      const answer = granted(await security.renewCodes(user))
      await logAccountEvent(request, user, 'codes_made')
      return answer
    },
  )
}

const totpRoutes: FastifyPluginAsyncTypebox<IdentityRoutes> = async (app, deps) => {
  const { accounts, security, sessions } = deps
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.post(
    '/api/security/totp',
    {
      config,
      schema: {
        tags,
        summary: 'Begin to set up a second factor, or another in its place; needs the password',
        body: ConfirmBody,
        response: { 201: TotpAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const user = await confirmedUser(request, request.body.password, accounts)
      return reply.code(201).send(await security.begin(user))
    },
  )

  app.put(
    '/api/security/totp',
    {
      config,
      schema: {
        tags,
        summary:
          'Confirm the second factor with a code; other sessions end. Answers recovery codes, this once',
        body: TotpBody,
        response: { 200: RecoveryCodesAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const session = requireSession(request)
      const answer = granted(await security.confirm(session, request.body))
      await renewSession(request, reply, sessions)
      await logAccountEvent(request, session.user, 'factor_set')
      return answer
    },
  )

  app.delete(
    '/api/security/totp',
    {
      config,
      schema: {
        tags,
        summary: 'Remove the second factor; needs the password',
        body: ConfirmBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const user = await confirmedUser(request, request.body.password, accounts)
      if (!(await security.remove(user))) return refuse(reply, { code: 'no_second_factor' })
      await logAccountEvent(request, user, 'factor_removed')
      return reply.code(204).send(null)
    },
  )
}

const ruleRoutes: FastifyPluginAsyncTypebox<IdentityRoutes> = async (app, { security }) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/security',
    {
      schema: {
        tags,
        summary: 'Whether administrators need a second factor',
        response: { 200: SecurityRules, ...refusals },
      },
    },
    () => security.rules(),
  )

  app.put(
    '/api/admin/security',
    {
      schema: {
        tags,
        summary: 'Say whether administrators need a second factor; you need one yourself',
        body: SecurityRules,
        response: { 200: SecurityRules, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const rules = granted(await security.setRules(user, request.body))
      await logAccountEvent(request, user, 'workspace_changed', { changed: rules })
      return rules
    },
  )
}
