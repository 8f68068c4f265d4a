// Who is told of what, decided once; the inbox; how somebody wants to be told.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { notifyRoutes } from './routes.ts'
import { NotifySettingsStore } from './settings.ts'

export interface NotifyApi {
  notifySettings: NotifySettingsStore
}

export function notifyFeature({ db, bus }: Core): Feature & NotifyApi {
  const notifySettings = new NotifySettingsStore(db)
  return {
    notifySettings,
    routes: (app) => notifyRoutes(app, { settings: notifySettings, bus }),
  }
}
