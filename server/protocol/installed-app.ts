// The installed app: what the system of a phone or a desk is told of it.
import { Type, type Static } from 'typebox'
import { Closed } from './schema.ts'

/** Pixels: Apple's touch icon, and what the manifest names. */
export const iconSizes = [180, 192, 512] as const

export const IconQuery = Closed({
  size: Type.Optional(Type.Enum([...iconSizes], { description: 'pixels; without it, 192' })),
  purpose: Type.Optional(
    Type.Union([Type.Literal('any'), Type.Literal('maskable')], {
      description:
        'as in a web app manifest: `maskable` fills the square, of which a system shows a part; without it, `any`',
    }),
  ),
  v: Type.Optional(
    Type.String({ maxLength: 64, description: 'which one it is, for caches; without it, the one of now' }),
  ),
})
export type IconQuery = Static<typeof IconQuery>

/** Where a page takes what other apps share: the address of the form, and the first part of that of the page. */
export const sharePath = '/share'
/** The scheme of links that open in the installed app: web+brook://chat.example.org/rooms/7/12. */
export const linkScheme = 'web+brook'
/** Where such a link is opened; it stands behind the #, so that no server gets it. */
export const openPath = '/open'
