// Whether a text leads to another site.
import { expect, it } from 'vitest'
import { hasLink } from '../../server/text/has-link.ts'

it.each([
  'see https://a.example/b',
  'HTTP://A.EXAMPLE',
  'www.a.example now',
  '[here](https://a.example)',
  '**https://a.example**',
  '看https://a.example/b',
  '> quoted https://a.example',
  '- https://a.example',
  'see <https:a.example>',
  `${'> '.repeat(30)}https://a.example`,
  `${'* '.repeat(3_000)} https://a.example`,
])('%s: it does', (text) => expect(hasLink(text)).toBe(true))

it.each([
  'no address at all',
  'the code `https://a.example` is code',
  '```\nhttps://a.example\n```',
  'a slash / and :// alone',
  'write to ann@a.example',
  'see /rooms/7/5',
  '',
])('%s: it does not', (text) => expect(hasLink(text)).toBe(false))
