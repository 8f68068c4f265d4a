// The HTTP routes of how somebody wants to be told. A change is sent to all their devices.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted } from '../answer.ts'
import type { Bus } from '../bus.ts'
import { refusals } from '../protocol/http.ts'
import { NotifySettings } from '../protocol/notify-settings.ts'
import type { NotifySettingsStore } from './settings.ts'

export interface NotifyRoutes {
  settings: NotifySettingsStore
  bus: Pick<Bus, 'publish'>
}

const tags = ['notifications']

/** For a scope that `identify` has prepared. */
export const notifyRoutes: FastifyPluginAsyncTypebox<NotifyRoutes> = async (app, { settings, bus }) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.get(
    '/api/me/notifications',
    {
      schema: {
        tags,
        summary: 'How you want to be told of what was said',
        response: { 200: NotifySettings, ...refusals },
      },
    },
    (request) => settings.of(requireSession(request).user.id),
  )

  app.put(
    '/api/me/notifications',
    {
      schema: {
        tags,
        summary: 'Change how you want to be told, as a whole',
        body: NotifySettings,
        response: { 200: NotifySettings, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const kept = granted(await settings.put(user.id, request.body, Date.now()))
      bus.publish({ kind: 'event', user: user.id, event: { type: 'notify_settings', settings: kept } })
      return kept
    },
  )
}
