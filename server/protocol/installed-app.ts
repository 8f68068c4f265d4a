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
