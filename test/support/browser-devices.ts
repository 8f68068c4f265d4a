// The browsers in which a story is told everywhere, and what axe must find in none of them: nothing.
import { AxeBuilder } from '@axe-core/playwright'
import { expect } from 'vitest'
import type { Device } from './browser-page.ts'
import type { Visitor } from './browser-visitor.ts'

/** Wide and phone, in both languages and both themes. */
export const devices: [string, Device][] = [
  ['desk', { width: 1440, height: 900 }],
  ['desk-zh', { width: 1440, height: 900, locale: 'zh-CN', theme: 'dark' }],
  ['phone', { phone: true, theme: 'dark' }],
  ['phone-zh', { phone: true, locale: 'zh-CN' }],
]

export async function isClean({ page }: Visitor): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([])
}
