// What axe finds wrong with a page.
import { AxeBuilder } from '@axe-core/playwright'
import type { Visitor } from './browser-visitor.ts'

/**
 * Each violation with its elements; none on a page that everybody can use. `within`: only there. `rules`: only these.
 * The other mode opens a page to gather what frames say, of which we have none, and describes what passed too: four
 * fifths of the time.
 */
export async function axeFindings(
  { page }: Visitor,
  { within, rules }: { within?: string | undefined; rules?: string[] | undefined } = {},
): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  if (within !== undefined) axe.include(within)
  if (rules !== undefined) axe.withRules(rules)
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
  )
}
