// Words and sites that the workspace does not want, or wants to see first; and links of people who have only just come.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Line, Time } from './schema.ts'

/** `word`: a word or a phrase. `host`: the name of a site, with all below it. */
export const ruleKinds = ['word', 'host'] as const
export type RuleKind = (typeof ruleKinds)[number]
/** What happens to a message that a rule applies to. */
export const ruleEffects = ['refuse', 'hold'] as const
export type RuleEffect = (typeof ruleEffects)[number]

const kind = Type.Union([Type.Literal('word'), Type.Literal('host')])
const does = Type.Union([Type.Literal('refuse'), Type.Literal('hold')])

export const WordRule = Closed({ id: Id, kind, text: Type.String(), does, at: Time })
export const WordRuleBody = Closed({ kind, text: Line(limits.wordRules.chars), does })
/** `holdLinksMs`: links of people whose account is younger are held for review; 0: of nobody. By their text. */
export const WordRulesAnswer = Closed({
  rules: Type.Array(WordRule),
  holdLinksMs: Type.Integer({ minimum: 0 }),
})
export const WordRulesChange = Closed({
  holdLinksMs: Type.Integer({ minimum: 0, maximum: limits.newForMs }),
})
export const WordRuleAnswer = Closed({ rule: WordRule })
export const WordRuleParams = Closed({ rule: Id })

export type WordRule = Static<typeof WordRule>
export type WordRuleBody = Static<typeof WordRuleBody>
export type WordRulesAnswer = Static<typeof WordRulesAnswer>
