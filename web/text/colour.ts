// Highlights code, in a worker that is started when the first block of a known language is drawn.
import { limits } from '../../server/protocol/limits.ts'
import type { ColourTask } from './colour-worker.ts'
import type { Span } from './colours.ts'

const names: Partial<Record<string, string>> = {
  js: 'javascript',
  mjs: 'javascript',
  jsx: 'javascript',
  node: 'javascript',
  javascript: 'javascript',
  ts: 'typescript',
  tsx: 'typescript',
  typescript: 'typescript',
  vue: 'xml',
  py: 'python',
  python: 'python',
  python3: 'python',
  go: 'go',
  golang: 'go',
  rs: 'rust',
  rust: 'rust',
  java: 'java',
  c: 'c',
  h: 'c',
  cpp: 'cpp',
  'c++': 'cpp',
  cc: 'cpp',
  hpp: 'cpp',
  sh: 'bash',
  bash: 'bash',
  zsh: 'bash',
  shell: 'bash',
  console: 'bash',
  sql: 'sql',
  mysql: 'sql',
  json: 'json',
  json5: 'json',
  jsonc: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  html: 'xml',
  xml: 'xml',
  svg: 'xml',
  css: 'css',
  scss: 'css',
  diff: 'diff',
  patch: 'diff',
}

/** The language that the first word after the fence names, or undefined. */
export const languageOf = (info: string): string | undefined => {
  const word = /^[^\s{:,]*/.exec(info)?.[0].toLowerCase() ?? ''
  return Object.hasOwn(names, word) ? names[word] : undefined
}

/** Longer than any text takes on a slow phone, with loading the highlighter. */
const maxMs = 4_000
let worker: Worker | undefined
/** One block after the other. */
let last: Promise<unknown> = Promise.resolve()

/**
 * The highlighted code, or undefined: an unknown language, too long, or the highlighter takes too long or cannot be
 * loaded.
 */
export async function colour(info: string, code: string): Promise<Span[] | undefined> {
  const language = languageOf(info)
  if (language === undefined || code.length > limits.colouredChars) return undefined
  const asked = last.then(() => ask({ language, code }))
  // Offline before it was ever loaded, or a hostile text: the code is shown without colours.
  last = asked.catch(end)
  return asked.catch(() => undefined)
}

function end(): void {
  worker?.terminate()
  worker = undefined
}

function ask(task: ColourTask): Promise<Span[] | undefined> {
  worker ??= new Worker(new URL('colour-worker.ts', import.meta.url), { type: 'module' })
  const asked = worker
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('late')), maxMs)
    asked.onmessage = ({ data }: MessageEvent<Span[] | undefined>) => {
      clearTimeout(late)
      resolve(data)
    }
    asked.onerror = () => {
      clearTimeout(late)
      reject(new Error('the highlighter failed'))
    }
    asked.postMessage(task)
  })
}
