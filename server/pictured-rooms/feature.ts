// Pictures of rooms, which stand for them in lists.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { MembershipApi } from '../membership/feature.ts'
import type { Faces } from '../profiles/faces.ts'
import { RoomPictures } from './pictures.ts'
import { pictureRoutes } from './routes.ts'

export function roomPictureFeature(
  { db }: Core,
  { memberships, gate, faces }: MembershipApi & { faces: Faces },
): Feature {
  const pictures = new RoomPictures({ db, memberships })
  return { routes: (app) => pictureRoutes(app, { pictures, memberships, gate, faces }) }
}
