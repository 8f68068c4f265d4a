// Colours code. The colourer and its languages are fetched when the first block of a known language is drawn.
import { limits } from '../../server/protocol/limits.ts'
import type { Span } from './colours.ts'

const names: Partial<Record<string, string>> = {
  ...{ js: 'javascript', mjs: 'javascript', jsx: 'javascript', node: 'javascript', javascript: 'javascript' },
  ...{ ts: 'typescript', tsx: 'typescript', typescript: 'typescript', vue: 'xml' },
  ...{ py: 'python', python: 'python', python3: 'python', go: 'go', golang: 'go', rs: 'rust', rust: 'rust' },
  ...{ java: 'java', c: 'c', h: 'c', cpp: 'cpp', 'c++': 'cpp', cc: 'cpp', hpp: 'cpp' },
  ...{ sh: 'bash', bash: 'bash', zsh: 'bash', shell: 'bash', console: 'bash', sql: 'sql', mysql: 'sql' },
  ...{ json: 'json', json5: 'json', jsonc: 'json', yaml: 'yaml', yml: 'yaml' },
  ...{ html: 'xml', xml: 'xml', svg: 'xml', css: 'css', scss: 'css', diff: 'diff', patch: 'diff' },
}

/** The language that the first word after the fence names, or undefined. */
export const languageOf = (info: string): string | undefined => {
  const word = /^[^\s{:,]*/.exec(info)?.[0].toLowerCase() ?? ''
  return Object.hasOwn(names, word) ? names[word] : undefined
}

/** The code in its colours, or undefined: no language that is known, too long, or the colourer cannot be had. */
export async function colour(info: string, code: string): Promise<Span[] | undefined> {
  const language = languageOf(info)
  if (language === undefined || code.length > limits.colouredChars) return undefined
  try {
    return (await import('./colours.ts')).colourIn(language, code)
  } catch {
    // Offline before it was ever fetched: the code stands there all the same.
    return undefined
  }
}
