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

/** Two that cover both widths, both languages and both themes; and the two that are left of the four. */
export const pair: [string, Device][] = [
  ['desk', { width: 1440, height: 900 }],
  ['phone-zh', { phone: true, locale: 'zh-CN', theme: 'dark' }],
]
export const otherPair = devices.slice(1, 3)

export async function isClean(visitor: Visitor): Promise<void> {
  expect(await axeFindings(visitor)).toEqual([])
}
