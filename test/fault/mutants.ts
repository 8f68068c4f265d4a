// Breaks guards on purpose, one at a time, in a copy of the tree, and reports which test or torture detects it. A
// broken guard that nothing detects is a finding. `node test/fault/mutants.mjs [part of a name]...`; prints the table
// of docs/PROMISES.md.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutants, type Mutant } from './guards.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const copy = mkdtempSync(path.join(os.tmpdir(), 'brook-mutants-'))
const configs = ['', '.base', '.server', '.test', '.web'].map((name) => `tsconfig${name}.json`)
const parts = [
  'server',
  'web',
  'test',
  'migrations',
  'docs',
  'Dockerfile',
  'package.json',
  'package-lock.json',
  'vite.server.config.ts',
  'vitest.config.ts',
]
// With their times: a lock that seems newer than the packages would reinstall them.
for (const part of [...parts, ...configs])
  cpSync(path.join(root, part), path.join(copy, part), { recursive: true, preserveTimestamps: true })
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))

function node(args: string[]): { ok: boolean; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { ok: status === 0, text: `${stdout}\n${stderr}` }
}

const building = "import('./server/cli/prepare.mjs').then(({ prepareTests }) => prepareTests())"
const build = () => node(['--eval', building])

/** What detected it, and how. */
function tried({ test, unit, torture }: Pick<Mutant, 'test' | 'unit' | 'torture'>): string[] {
  const seen: string[] = []
  for (const [project, names] of Object.entries({ flow: test, unit })) {
    if (names === undefined) continue
    const files = names.map((name) => `test/${project}/${name}.test.ts`)
    const { ok, text } = node(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...files])
    const failed = [...text.matchAll(/FAIL .*?(test\/\w+\/\S+) > (.+)\n([^\n]+)/g)]
    if (!ok)
      for (const [, file = '', name = '', why = ''] of failed.slice(0, 2))
        seen.push(`${path.basename(file, '.test.ts')}: "${name.trim()}": ${why.trim().slice(0, 110)}`)
    if (!ok && failed.length === 0) seen.push(`the run failed: ${text.slice(-200)}`)
  }
  if (torture !== undefined) {
    const { ok, text } = node(['test/fault/torture.mjs', ...torture])
    const names = 'lost|doubled|out of order|differing|silent holes|not dense|unknown|other violations'
    const counts = [...text.matchAll(new RegExp(`^(${names}) +([1-9]\\d*)$`, 'gm'))]
    if (!ok) seen.push(`torture: ${counts.map(([, name, count]) => `${name} ${count}`).join(', ')}`)
  }
  return seen
}

const wanted = process.argv.slice(2)
const isWanted = ({ name }: Mutant): boolean =>
  wanted.length === 0 || wanted.some((part) => name.includes(part))
const whole = build().ok && tried({ test: ['speaking', 'epoch', 'sync'] })
if (whole === false || whole.length > 0) throw new Error(`the unbroken tree fails: ${String(whole)}`)
let unseen = 0
console.log('| guard broken on purpose | who saw it, and what |\n|---|---|')
for (const mutant of mutants.filter(isWanted)) {
  const file = path.join(copy, mutant.file)
  const sound = readFileSync(file, 'utf8')
  const broken = sound.replace(mutant.from, mutant.to)
  if (broken === sound) throw new Error(`"${mutant.name}" is not where it was in ${mutant.file}`)
  writeFileSync(file, broken)
  const built = build()
  const seen = built.ok ? tried(mutant) : [`does not build: ${built.text.slice(0, 200)}`]
  if (seen.length === 0) unseen += 1
  writeFileSync(file, sound)
  const at = typeof mutant.from === 'string' ? sound.indexOf(mutant.from) : sound.search(mutant.from)
  const line = sound.slice(0, at).split('\n').length
  const words = seen.length === 0 ? '**nobody**' : seen.join('; ')
  console.log(`| ${mutant.name} (${mutant.file}:${line}) | ${words.replaceAll('|', '/')} |`)
}
rmSync(copy, { recursive: true, force: true })
process.exitCode = unseen === 0 ? 0 : 1
