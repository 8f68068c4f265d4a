// The HTTP routes of the workspace and its invites.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { onlyAdmin, onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Faces } from '../profiles/faces.ts'
import { RoomsAnswer, nothing, refusals } from '../protocol/http.ts'
import {
  InviteAnswer,
  InviteBody,
  InviteCodeParams,
  InviteParams,
  InviteSeen,
  InvitesAnswer,
  WorkspaceAnswer,
  WorkspaceBody,
  WorkspaceSeen,
  type SignIn,
} from '../protocol/workspace.ts'
import type { Invites, KeptInvite } from './invites.ts'
import type { NewcomerRules } from './newcomers.ts'
import { pictureRoutes } from './picture-routes.ts'
import type { WorkspaceSettings } from './workspace.ts'

export interface AccessRoutes {
  settings: WorkspaceSettings
  invites: Invites
  newcomerRules: Pick<NewcomerRules, 'changed'>
  knocked: preHandlerAsyncHookHandler
  memberships: Pick<Memberships, 'invitableRooms' | 'comeBy'>
  publicUrl: URL | undefined
  /** The ways, besides an account without a password. */
  signIn: SignIn[]
  /** Mail is set up. */
  hasMail: boolean
  faces: Faces
}

const tags = ['access']

/** For a scope that `identify` has prepared. */
export const accessRoutes: FastifyPluginAsyncTypebox<AccessRoutes> = async (app, deps) => {
  await app.register(seenRoutes, deps)
  await app.register(joinRoute, deps)
  await app.register(adminRoutes, deps)
  await app.register(pictureRoutes, deps)
}

/** For whoever has an account already and opens a link: into its rooms. */
const joinRoute: FastifyPluginAsyncTypebox<AccessRoutes> = async (app, { invites, memberships }) => {
  app.post(
    '/api/invites/:invite/join',
    {
      preHandler: [onlySignedIn, onlyPeople],
      schema: {
        tags,
        summary: 'Join the rooms of a link, with the account that you have',
        params: InviteCodeParams,
        response: { 200: RoomsAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { invite: code } = request.params
      if (!(await invites.leads(code, user.id))) return refuse(reply, { code: 'invite_over' })
      return { rooms: await memberships.comeBy(user, await invites.roomsOf(undefined, code)) }
    },
  )
}

/** For everybody, signed in or not. */
const seenRoutes: FastifyPluginAsyncTypebox<AccessRoutes> = async (app, deps) => {
  const { settings, invites, knocked, signIn, hasMail } = deps
  app.addHook('preHandler', knocked)

  app.get(
    '/api/workspace',
    {
      schema: {
        tags,
        security: [],
        summary: 'What the workspace is called, who may come in, and how people sign in',
        response: { 200: WorkspaceSeen, ...refusals },
      },
    },
    async () => ({ ...(await settings.read()), signIn, mail: hasMail }),
  )

  app.get(
    '/api/invites/:invite',
    {
      schema: {
        tags,
        security: [],
        summary: 'Who invites, and to which rooms',
        params: InviteCodeParams,
        response: { 200: InviteSeen, ...refusals },
      },
    },
    async (request, reply) => {
      const invite = await invites.see(request.params.invite)
      if (invite === undefined) return refuse(reply, { code: 'invite_over' })
      const { name: workspace } = await settings.read()
      return { workspace, ...invite }
    },
  )
}

const adminRoutes: FastifyPluginAsyncTypebox<AccessRoutes> = async (app, deps) => {
  const { settings, invites, memberships, newcomerRules, publicUrl } = deps
  app.addHook('preHandler', onlyAdmin)
  const shown = (invite: KeptInvite, request: FastifyRequest) => {
    const origin = publicUrl?.origin ?? `${request.protocol}://${request.host}`
    return { ...invite, url: `${origin}/join/${invite.code}` }
  }

  app.patch(
    '/api/workspace',
    {
      config: { audit: 'workspace_changed' },
      schema: {
        tags,
        summary: 'Change what the workspace is called, or who may come in',
        body: WorkspaceBody,
        response: { 200: WorkspaceAnswer, ...refusals },
      },
    },
    async (request) => {
      const changed = granted(await settings.change(request.body))
      await newcomerRules.changed()
      return changed
    },
  )

  app.post(
    '/api/invites',
    {
      config: { audit: 'invite_made' },
      schema: {
        tags,
        summary: 'Make a link that invites',
        body: InviteBody,
        response: { 201: InviteAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { rooms = [], ...body } = request.body
      const mine = await memberships.invitableRooms(user.id)
      // Whoever is not in a private room does not learn that it is there.
      if (rooms.some((room) => !mine.has(room))) return refuse(reply, { code: 'not_found' })
      const { invite } = granted(await invites.make(user, [...new Set(rooms)], body))
      return reply.code(201).send({ invite: shown(invite, request) })
    },
  )

  app.get(
    '/api/invites',
    {
      schema: {
        tags,
        summary: 'The links that let people in, and those that did so until lately',
        response: { 200: InvitesAnswer, ...refusals },
      },
    },
    async (request) => ({ invites: (await invites.list()).map((invite) => shown(invite, request)) }),
  )

  app.delete(
    '/api/invites/:invite',
    {
      config: { audit: 'invite_revoked' },
      schema: {
        tags,
        summary: 'Revoke a link; who came by it stays',
        params: InviteParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      if (!(await invites.revoke(request.params.invite))) return refuse(reply, { code: 'not_found' })
      return reply.code(204).send(null)
    },
  )
}
