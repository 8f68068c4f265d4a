// The highlighter: highlight.js with a dozen languages, which produces spans instead of HTML. Loaded only by the worker.
import type { Emitter } from 'highlight.js'
import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import c from 'highlight.js/lib/languages/c'
import cpp from 'highlight.js/lib/languages/cpp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { limits } from '../../server/protocol/limits.ts'

/** A piece of code, with a colour or without. */
export type Span = string | { kind: string; text: string }

const languages = {
  bash,
  c,
  cpp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
}
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language)

/** Six colours are enough to read by; other scopes have none. */
const kinds: Partial<Record<string, string>> = {
  keyword: 'key',
  built_in: 'key',
  literal: 'key',
  type: 'type',
  'selector-tag': 'key',
  tag: 'key',
  string: 'string',
  regexp: 'string',
  symbol: 'string',
  bullet: 'key',
  number: 'number',
  comment: 'comment',
  quote: 'comment',
  meta: 'comment',
  doctag: 'comment',
  title: 'title',
  section: 'title',
  name: 'title',
  function: 'title',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  variable: 'name',
  params: 'plain',
  subst: 'plain',
  'selector-class': 'name',
  'selector-id': 'name',
  'selector-attr': 'name',
  'selector-pseudo': 'name',
  addition: 'added',
  deletion: 'gone',
}

/** Receives the output of highlight.js; the innermost scope with a colour decides. */
class Spans implements Emitter {
  readonly spans: Span[] = []
  readonly #open: (string | undefined)[] = []

  addText(text: string): void {
    const kind = this.#open.findLast((scope) => scope !== undefined)
    if (text === '') return
    const last = this.spans.at(-1)
    if (kind === undefined || kind === 'plain') {
      if (typeof last === 'string') this.spans[this.spans.length - 1] = last + text
      else this.spans.push(text)
    } else if (typeof last === 'object' && last.kind === kind) last.text += text
    else this.spans.push({ kind, text })
  }
  startScope(scope: string): void {
    this.#open.push(kinds[scope.split('.')[0] ?? ''])
  }
  endScope(): void {
    this.#open.pop()
  }
  openNode(scope: string): void {
    this.startScope(scope)
  }
  closeNode(): void {
    this.endScope()
  }
  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof Spans) this.spans.push(...emitter.spans)
  }
  toHTML = (): string => ''
  finalize = (): void => undefined
}
hljs.configure({ __emitter: Spans })

/** Undefined: it has more pieces than limits.markdown.nodes, and is shown in one colour. */
export function colourIn(language: string, code: string): Span[] | undefined {
  const { _emitter: emitter } = hljs.highlight(code, { language, ignoreIllegals: true })
  const spans = emitter instanceof Spans ? emitter.spans : []
  return spans.length > limits.markdown.nodes ? undefined : spans
}
