// The sections of one's own list of rooms.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { sectionRoutes } from './routes.ts'
import { Sections } from './sections.ts'

export function sectionFeature({ db, bus }: Core): Feature {
  const sections = new Sections(db)
  return { routes: (app) => sectionRoutes(app, { sections, bus }) }
}
