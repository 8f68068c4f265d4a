// The rules of the workspace about words and links: SQL of `word_rules`, and all of them in this process's memory, so that a
// message asks no store.
import { noteAudit } from '../audit/audit.ts'
import type { Db } from '../db.ts'
import { factOf, setFact } from '../facts.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine } from '../protocol/names.ts'
import type { Person } from '../protocol/people.ts'
import type { RuleEffect, RuleKind, WordRule, WordRuleBody, WordRulesAnswer } from '../protocol/word-rules.ts'
import { compileRules, effectOf, isYoungLink, keyOf, type CompiledRules } from './matching.ts'

/** The fact of the installation that says for how long links of newcomers are held. */
const holdLinks = 'hold-links-ms'

export interface WordRulesDeps extends MemoryCopyDeps {
  now?: () => number
}

/** Who changes rules, and from where. */
export interface Changing {
  by: Person
  address: string
}

interface Row {
  id: number
  kind: RuleKind
  text: string
  text_key: string
  does: RuleEffect
  created_at: Date
}

export class WordRules extends MemoryCopy {
  readonly #deps: WordRulesDeps
  #rules: CompiledRules = compileRules([])
  /** What they were compiled from. */
  #compiled = '[]'
  #holdLinksMs = 0

  constructor(deps: WordRulesDeps) {
    const where = 'reading the rules of words'
    super(deps, { signal: 'workspace', everyMs: limits.newcomersLookMs, where })
    this.#deps = deps
  }

  /** What is to become of what somebody says; undefined: it is said. Administrators say what they like. */
  judge(
    { admin, since }: { admin: boolean; since?: number | undefined },
    text: string,
  ): RuleEffect | undefined {
    if (admin) return undefined
    const { now = Date.now } = this.#deps
    const effect = effectOf(this.#rules, text)
    return effect ?? (isYoungLink(text, since, this.#holdLinksMs, now()) ? 'hold' : undefined)
  }

  /** By kind and text. */
  async list(): Promise<WordRulesAnswer> {
    const { db } = this.#deps
    const [rows, holdLinksMs] = await Promise.all([rowsIn(db), holdLinksIn(db)])
    return { rules: rows.map(ruleOf), holdLinksMs }
  }

  /** A second rule of the same text replaces the first. */
  async add(
    { by, address }: Changing,
    { kind, text: raw, does }: WordRuleBody,
  ): Promise<{ rule: WordRule } | Refusal> {
    const text = cleanLine(raw, limits.wordRules.chars)
    const key = text === undefined ? undefined : keyOf(kind, text)
    if (text === undefined || key === undefined)
      return {
        code: 'bad_request',
        detail: kind === 'host' ? 'a host such as example.com' : 'a word or a phrase',
      }
    const row = await this.#deps.db.transaction(async (tx): Promise<Row | undefined> => {
      const [known] = await tx.rows<{ n: number }>(
        'SELECT COUNT(*) AS n FROM word_rules WHERE NOT (kind = ? AND text_key = ?)',
        [kind, key],
      )
      if (Number(known?.n) >= limits.wordRules.atOnce) return undefined
      await tx.run(
        `INSERT INTO word_rules (kind, text, text_key, does, created_by, created_at) VALUES (?)
         ON DUPLICATE KEY UPDATE text = VALUES(text), does = VALUES(does), created_by = VALUES(created_by),
           created_at = VALUES(created_at)`,
        [[kind, text, key, does, BigInt(by.id), new Date()]],
      )
      const [made] = await tx.rows<Row>('SELECT * FROM word_rules WHERE kind = ? AND text_key = ?', [
        kind,
        key,
      ])
      await noteAudit(tx, { kind: 'rules_changed', by, address, about: { changed: { [text]: does } } })
      return made
    })
    if (row === undefined) return { code: 'bad_request', detail: `at most ${limits.wordRules.atOnce} rules` }
    await this.changed()
    return { rule: ruleOf(row) }
  }

  /** False: there is none. */
  async remove({ by, address }: Changing, id: string): Promise<boolean> {
    const isRemoved = await this.#deps.db.transaction(async (tx) => {
      const [row] = await tx.rows<Row>('SELECT * FROM word_rules WHERE id = ? FOR UPDATE', [BigInt(id)])
      if (row === undefined) return false
      await tx.run('DELETE FROM word_rules WHERE id = ?', [BigInt(id)])
      await noteAudit(tx, {
        kind: 'rules_changed',
        by,
        address,
        about: { changed: { [row.text]: 'removed' } },
      })
      return true
    })
    if (isRemoved) await this.changed()
    return isRemoved
  }

  /** For how long links of newcomers are held; 0: they are not. */
  async setHoldLinks({ by, address }: Changing, ms: number): Promise<void> {
    await this.#deps.db.transaction(async (tx) => {
      await setFact(tx, holdLinks, String(ms))
      await noteAudit(tx, { kind: 'rules_changed', by, address, about: { changed: { holdLinksMs: ms } } })
    })
    await this.changed()
  }

  protected async take(db: Db): Promise<void> {
    const [rows, ms] = await Promise.all([rowsIn(db), holdLinksIn(db)])
    const rules = rows.map(({ kind, text, does }) => ({ kind, text, does }))
    const known = JSON.stringify(rules)
    if (known !== this.#compiled) this.#rules = compileRules(rules)
    this.#compiled = known
    this.#holdLinksMs = ms
  }
}

const rowsIn = (db: Db): Promise<Row[]> =>
  db.rows<Row>('SELECT * FROM word_rules ORDER BY kind DESC, text_key, id')

const holdLinksIn = async (db: Db): Promise<number> => Number((await factOf(db, holdLinks)) ?? 0)

const ruleOf = ({ id, kind, text, does, created_at }: Row): WordRule => ({
  id: String(id),
  kind,
  text,
  does,
  at: created_at.getTime(),
})
