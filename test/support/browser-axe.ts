// What axe finds wrong with a page.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AxeResults, ElementContext, RunOptions } from 'axe-core'
import type { Visitor } from './browser-visitor.ts'

const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

declare const axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> }

/** Each violation with its elements; none on a page that everybody can use. `within`: only there. `rules`: only these. */
export async function axeFindings(
  { page }: Visitor,
  { within, rules }: { within?: string | undefined; rules?: string[] | undefined } = {},
): Promise<string[]> {
  // Only once per page: it takes half of the time.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  const options: RunOptions = {
    resultTypes: ['violations'],
    // Only one rule looks at styles that are loaded for it, and that is off.
    preload: { assets: ['media'] },
    ...(rules === undefined ? {} : { runOnly: { type: 'rule', values: rules } }),
  }
  const { violations } = await page.evaluate(([where, how]) => axe.run(where ?? document, how), [
    within,
    options,
  ] as const)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
  )
}
