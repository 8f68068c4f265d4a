// The app as phones and desks install it: its manifest and its icons.
import type { Access } from '../access/feature.ts'
import type { Feature } from '../feature.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { Icons } from './icons.ts'
import { installedAppRoutes } from './routes.ts'

export const installedAppFeature = ({
  settings,
  knocked,
  pictures,
}: Pick<Access, 'settings' | 'knocked'> & { pictures: Pictures }): Feature => {
  const icons = new Icons({ settings, pictures })
  return { publicRoutes: (app) => installedAppRoutes(app, { settings, icons, knocked }) }
}
