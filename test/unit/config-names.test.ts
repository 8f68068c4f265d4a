// The list of settings has all that the server reads, and what is misspelt is found.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { misspelt, settingNames } from '../../server/config-names.ts'
import { root } from '../../server/root.ts'

/** Read from the environment, and settings of others. */
const ofOthers = new Set(['PATH', 'LD_LIBRARY_PATH'])

test('each setting that the server reads is in the list', () => {
  const read = new Set<string>()
  for (const name of readdirSync(path.join(root, 'server'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const text = readFileSync(path.join(root, 'server', name), 'utf8')
    for (const [, setting] of text.matchAll(/(?:\benv\[|\(env, )'([A-Z][A-Z0-9_]+)'/g))
      read.add(setting ?? '')
  }
  const known: ReadonlySet<string> = new Set(settingNames)
  expect([...read].filter((name) => !known.has(name) && !ofOthers.has(name))).toEqual([])
  expect(read.size).toBeGreaterThan(30)
})

test.each([
  ['SIGNUP_LIMIT', 'SIGN_UP_LIMIT'],
  ['PUBLIC_URI', 'PUBLIC_URL'],
  ['MYSQL_URLS', 'MYSQL_URL'],
  ['OIDC_SECRET', undefined],
])('%s is no setting', (name, meant) => {
  expect(misspelt({ [name]: 'x' })).toEqual([{ name, meant }])
})

test('what belongs to others is left alone', () => {
  const others = ['PATH', 'HOME', 'SORT', 'LANG', 'npm_config_url', 'HOSTNAME', 'NODE_ENV', 'PWD', 'LOGNAME']
  expect(misspelt(Object.fromEntries([...settingNames, ...others].map((name) => [name, 'x'])))).toEqual([])
})
