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
  return {
    open: () => wordRules.open(),
    onReconnect: () => wordRules.soon(),
    onSignal: (signal) => {
      if (signal.kind === 'workspace') wordRules.soon()
    },
    routes: (app) => wordRuleRoutes(app, { wordRules }),
    close: () => wordRules.close(),
  }
}
