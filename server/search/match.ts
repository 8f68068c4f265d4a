// What to look up in the index for a query: the index only says where to look, the text decides (text/search/match.ts). Pure.
import { seek, type Query, type Sought } from '../text/search/match.ts'
import { fromToken, hasToken, needsOf, only, type Need, type Span } from './tokens.ts'

export { match, type Query } from '../text/search/match.ts'

export interface Question extends Sought {
  /** What to look up in the index; empty if it cannot narrow the search. */
  needs: Need[]
  spans: Span[]
}

export function ask(query: Query): Question {
  const sought = seek(query)
  const needs: Need[] = [...sought.needles, ...sought.fileNeedles].flatMap(needsOf)
  if (query.from !== undefined) needs.push(query.from.map((id) => [only(fromToken(id))]))
  for (const kind of query.has) if (kind !== 'reaction') needs.push([[only(hasToken(kind))]])
  if (sought.fileNeedles.length > 0) needs.push([[only(hasToken('file'))]])
  return { ...sought, needs, spans: needs.flat(2) }
}
