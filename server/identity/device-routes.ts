// The HTTP routes by which a phone signs in from a screen that is signed in.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { preHandlerAsyncHookHandler } from 'fastify'
import { logAccountEvent } from '../account/account-log.ts'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { giveToken } from '../account/token.ts'
import { visitorOf } from '../account/welcome.ts'
import { granted, isRefusal, refuse } from '../answer.ts'
import {
  DeviceEnterAnswer,
  DeviceEnterBody,
  DeviceLinkAnswer,
  DeviceLinkParams,
  DeviceLinkState,
  DeviceOpenAnswer,
  DeviceOpenBody,
} from '../protocol/devices.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { deviceUrl, type DeviceLinks } from './device-links.ts'

export interface DeviceRoutes {
  devices: DeviceLinks
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
  publicUrl: URL | undefined
}

const tags = ['security']

/** For a scope that `identify` has prepared. */
export const deviceRoutes: FastifyPluginAsyncTypebox<DeviceRoutes> = async (app, deps) => {
  await app.register(screenRoutes, deps)
  await app.register(phoneRoutes, deps)
}

const screenRoutes: FastifyPluginAsyncTypebox<DeviceRoutes> = async (app, { devices, publicUrl }) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.post(
    '/api/device-links',
    {
      schema: {
        tags,
        operationId: 'postDeviceLink',
        summary: 'A code by which another device of yours signs in, once, within two minutes',
        response: { 201: DeviceLinkAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { id, code, expiresAt } = await devices.make(requireSession(request))
      const origin = publicUrl?.origin ?? `${request.protocol}://${request.host}`
      return reply.code(201).send({ id, url: deviceUrl(origin, code), expiresAt })
    },
  )

  app.get(
    '/api/device-links/:link',
    {
      schema: {
        tags,
        operationId: 'getDeviceLink',
        summary: 'Whether a device has opened the code, and which',
        params: DeviceLinkParams,
        response: { 200: DeviceLinkState, ...refusals },
      },
    },
    (request) => devices.state(requireSession(request), request.params.link),
  )

  app.post(
    '/api/device-links/:link/confirm',
    {
      schema: {
        tags,
        operationId: 'postDeviceLinkConfirm',
        summary: 'Sign in the device that has opened the code',
        params: DeviceLinkParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      if (!(await devices.confirm(requireSession(request), request.params.link)))
        return refuse(reply, { code: 'device_over' })
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/device-links/:link',
    {
      schema: {
        tags,
        operationId: 'deleteDeviceLink',
        summary: 'End the code, or send away the device that has opened it',
        params: DeviceLinkParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await devices.end(requireSession(request), request.params.link)
      return reply.code(204).send(null)
    },
  )
}

const phoneRoutes: FastifyPluginAsyncTypebox<DeviceRoutes> = async (app, { devices, knocked }) => {
  app.addHook('preHandler', knocked)

  app.post(
    '/api/device-links/open',
    {
      schema: {
        tags,
        security: [],
        operationId: 'postDeviceLinkOpen',
        summary: 'Open a code, once; then the screen that shows it has to confirm',
        body: DeviceOpenBody,
        response: { 200: DeviceOpenAnswer, ...refusals },
      },
    },
    async (request) => {
      const { code, look } = request.body
      return granted(await (look === true ? devices.look(code) : devices.open(code, visitorOf(request))))
    },
  )

  app.post(
    '/api/device-links/enter',
    {
      schema: {
        tags,
        security: [],
        operationId: 'postDeviceLinkEnter',
        summary: 'Whether it is confirmed; then this device is signed in by this answer, once',
        body: DeviceEnterBody,
        response: { 200: DeviceEnterAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const came = await devices.enter(request.body.claim, visitorOf(request))
      if (came === undefined) return { user: null }
      if (isRefusal(came)) return refuse(reply, came)
      giveToken(request, reply, came.token)
      request.hasSignedIn = true
      await logAccountEvent(request, came.user, 'device_added')
      return { user: came.user }
    },
  )
}
