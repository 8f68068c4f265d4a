// The HTTP routes of the workspace's picture, which stands for it where its icon would.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { preHandlerAsyncHookHandler } from 'fastify'
import { onlyAdmin } from '../account/identify.ts'
import { consumed, sendImage, served } from '../pictures/images.ts'
import { faceOf, takeFaces, type Faces } from '../profiles/faces.ts'
import { refusals } from '../protocol/http.ts'
import { AvatarQuery } from '../protocol/profiles.ts'
import { WorkspaceAnswer } from '../protocol/workspace.ts'
import { Type } from 'typebox'
import type { WorkspaceSettings } from './workspace.ts'

const tags = ['access']
const path = '/api/workspace/picture'

export interface PictureRoutes {
  settings: WorkspaceSettings
  faces: Faces
  /** How often somebody who is not signed in may ask. */
  knocked: preHandlerAsyncHookHandler
}

export const pictureRoutes: FastifyPluginAsyncTypebox<PictureRoutes> = async (app, deps) => {
  await app.register(shownRoute, deps)
  await app.register(changeRoutes, deps)
}

/** For everybody, signed in or not: the sign-in page shows it. */
const shownRoute: FastifyPluginAsyncTypebox<PictureRoutes> = async (app, { settings, knocked }) => {
  app.addHook('preHandler', knocked)
  app.get(
    path,
    {
      schema: {
        tags,
        security: [],
        summary: 'The picture of the workspace: WebP, 256 pixels wide and high',
        querystring: AvatarQuery,
        ...served,
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => sendImage(reply, await settings.picture(), request.query.v),
  )
}

const changeRoutes: FastifyPluginAsyncTypebox<PictureRoutes> = async (app, { settings, faces }) => {
  app.addHook('preHandler', onlyAdmin)
  takeFaces(app)

  app.put(
    path,
    {
      config: { audit: 'workspace_changed' },
      schema: {
        tags,
        summary: 'Give the workspace a picture: JPEG, PNG, WebP or GIF, which is cut square and written anew',
        ...consumed,
        response: { 200: WorkspaceAnswer, ...refusals },
      },
    },
    async (request) => settings.setPicture(await faceOf(faces, request)),
  )

  app.delete(
    path,
    {
      config: { audit: 'workspace_changed' },
      schema: {
        tags,
        summary: 'Remove the picture of the workspace; its icon is there again',
        response: { 200: WorkspaceAnswer, ...refusals },
      },
    },
    () => settings.setPicture(undefined),
  )
}
