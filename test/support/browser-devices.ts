// The browsers in which a story is told everywhere, and what axe must find in none of them: nothing.
import { expect } from 'vitest'
import { axeFindings } from './browser-axe.ts'
import type { Device } from './browser-page.ts'
import type { Visitor } from './browser-visitor.ts'

/** Wide and phone, in both languages and both themes. */
export const devices: [string, Device][] = [
  ['desk', { width: 1440, height: 900 }],
  ['desk-zh', { width: 1440, height: 900, locale: 'zh-CN', theme: 'dark' }],
  ['phone', { phone: true, theme: 'dark' }],
  ['phone-zh', { phone: true, locale: 'zh-CN' }],
]

export async function isClean(visitor: Visitor): Promise<void> {
  expect(await axeFindings(visitor)).toEqual([])
}
