// The files in deploy/ are those that the pages and the code speak of.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../server/root.ts'

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const blockOf = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(read('docs/proxy.md'))?.[1] ?? 'nothing'

test('nginx has the configuration that docs/proxy.md has, and that is tried behind it', () => {
  expect(read('deploy/nginx.conf')).toContain(blockOf('nginx'))
})

test('Caddy has the same, for any name and any servers', () => {
  const named = read('deploy/Caddyfile')
    .replace('{$BROOK_DOMAIN}', 'chat.example')
    .replace('{$BROOK_SERVERS:127.0.0.1:3000}', '127.0.0.1:3001 127.0.0.1:3002')
  expect(named).toContain(blockOf('caddy'))
})

test('each unit and each container runs a verb that there is, and has the time to drain', () => {
  const verbs = readdirSync(path.join(root, 'server/cli/verbs')).map((file) => path.basename(file, '.ts'))
  const units = readdirSync(path.join(root, 'deploy')).filter((file) => file.startsWith('brook'))
  const run = units
    .filter((file) => file.endsWith('.service'))
    .map((file) => /^ExecStart=\S+ dist\/brook\/main\.js (\w+)$/m.exec(read(`deploy/${file}`))?.[1])
  expect(run.toSorted()).toEqual(['bots', 'server', 'start', 'sync'])
  const contained = [...read('deploy/compose.many.yaml').matchAll(/^ {4}command: \[(\w+)\]$/gm)]
  for (const verb of [...run, ...contained.map(([, verb]) => verb)]) expect(verbs).toContain(verb)
  for (const file of units)
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(read(`deploy/${file}`))?.[1])).toBeGreaterThan(28)
})
