// The rules of the workspace about words and links.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { wordRuleRoutes } from './routes.ts'
import { WordRules } from './rules.ts'

/** What posting needs of it. */
export function openWordRules({ db, bus, onError }: Core): { wordRules: WordRules } {
  return { wordRules: new WordRules({ db, bus, onError }) }
}

export function wordRuleFeature({ wordRules }: { wordRules: WordRules }): Feature {
  return { ...wordRules.asFeature(), routes: (app) => wordRuleRoutes(app, { wordRules }) }
}
