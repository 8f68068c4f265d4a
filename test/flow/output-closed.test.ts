// A command whose output nobody reads any more ends quietly: `brook history lobby | head -4`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verbs } from '../../server/cli/main.ts'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { testFolder } from '../support/folder.ts'
import { sample, writeExport } from '../support/slack-export.ts'

let brook: Brook
let line: CommandLine
const folder = testFolder()
beforeAll(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
  const ann = await brook.enter('Ann')
  for (const cid of Array.from({ length: 50 }, (_, n) => ann.says(`words ${n}`))) await ann.acked(cid)
  await brook.archive()
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

/** Runs `brook ...`; its reader is gone before it writes. */
async function unread(words: string[], gone: ('stdout' | 'stderr')[] = ['stdout']) {
  const child = spawn(process.execPath, [path.join(root, 'dist/brook/main.js'), ...words], {
    cwd: folder,
    env: { ...process.env, ...line.env },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stdout.resume()
  for (const stream of gone) child[stream].destroy()
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  // What is said of the test's own stores is no matter of the output.
  return { code, signal, said: said.replace(/^Unsafe: .*\n/gm, '') }
}

const quiet = { code: 0, signal: null, said: '' }

test.each(Object.keys(verbs))('brook %s --help', async (verb) => {
  expect(await unread([verb, '--help'])).toEqual(quiet)
})

test.each([
  [['history', 'lobby']],
  [['export', 'lobby']],
  [['export', 'lobby', '--format', 'jsonl']],
  [['dead', 'list']],
  [['bot', 'list']],
])('brook %j', async (words) => {
  expect(await unread(words)).toEqual(quiet)
  expect(await unread(words, ['stdout', 'stderr'])).toEqual(quiet)
})

test('an import has imported all of it', async () => {
  const target = await writeExport(sample, folder)
  const { code, said } = await unread(['import', 'slack', target])
  expect([0, 3]).toContain(code)
  expect(said).not.toContain('EPIPE')
  const { printed } = await line.type('import', 'slack', target, '--report', path.join(folder, 'report.txt'))
  expect(printed.join('\n')).toContain('0 messages, 0 reactions')
})
