// The command line, as far as it needs no service: help, usage errors, invalid settings.
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { main, verbs } from '../../server/cli/main.ts'

/** Runs `brook ...` and returns its output, its messages, and the exit code. */
async function type(args: string[], env: NodeJS.ProcessEnv = {}) {
  const printed: string[] = []
  const said: string[] = []
  const code = await main(args, {
    env,
    print: (line) => void printed.push(line),
    say: (line) => void said.push(line),
  })
  return { code, printed: printed.join('\n'), said }
}

/** A port of this machine that something listens on, or that nothing does. */
async function portThat(state: 'listens' | 'is free') {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()))
  if (state === 'is free') await close()
  return { port, close }
}

test.each(Object.entries(verbs))(
  'brook %s --help shows its usage and each of its flags',
  async (name, verb) => {
    const { code, printed, said } = await type([name, '--help'])
    expect(code).toBe(0)
    expect(said).toEqual([])
    for (const [at, way] of verb.usage.split(' | ').entries())
      expect(printed).toContain(`\n  brook ${at === 0 ? way : `${name} ${way}`}\n`)
    const words = printed.replaceAll(/\s+/g, ' ')
    for (const [flag, { about }] of Object.entries(verb.options)) {
      expect(printed).toContain(`--${flag}`)
      expect(words).toContain(about)
    }
    for (const [action, { usage, about }] of Object.entries(verb.actions ?? {})) {
      expect(printed).toMatch(new RegExp(`^  ${action}( |$)`, 'm'))
      expect(words).toContain(usage === undefined ? `${action} ${about}` : `${action} ${usage} ${about}`)
    }
    const isLong = (line: string) => line.length > 80 && !line.startsWith('  brook ')
    expect(printed.split('\n').filter(isLong)).toEqual([])
  },
)

test('brook --help names every verb and every setting', async () => {
  const { code, printed } = await type(['--help'])
  expect(code).toBe(0)
  for (const name of Object.keys(verbs)) expect(printed).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  expect(printed.split('\n').filter((line) => line.length > 80)).toEqual([])
  for (const setting of ['HOST', 'PORT', 'DATA_DIR', 'REDIS_URL', 'MYSQL_URL', 'SYNC_CRON', 'LOG_SHARDS'])
    expect(printed).toContain(setting)
})

test.each([
  [['dance'], 'unknown verb "dance"'],
  [['toString'], 'unknown verb "toString"'],
  [['start', '--fast'], "unknown option '--fast'"],
  [['start', 'now'], 'unexpected argument "now"'],
  [['start', '--workers', '0'], '--workers takes auto or a whole number from 1 to 16, not "0"'],
  [['server', '--workers', '17'], 'not "17"'],
  [['server', '--workers', 'many'], 'not "many"'],
  [['server', '--workers=-1'], 'not "-1"'],
  [['server', '--workers'], 'argument missing'],
  [['sync', '--once=maybe'], 'does not take an argument'],
  [['admin'], 'say what to do: list, add, remove'],
  [['admin', 'toString'], 'say what to do: list, add, remove'],
  [['admin', 'ban'], 'who? For example: brook admin ban ann'],
  [['admin', 'ban', 'ann', 'bob'], 'what is "bob"?'],
  [['admin', 'ban', 'ann', '--for', 'ever'], '--for takes a time such as 30m'],
  [['admin', 'rename', 'ann'], 'what are they called?'],
  [['history'], 'which room?'],
  [['import'], 'import from where?'],
  [['import', 'slack'], 'which file?'],
  [['import', 'brook', 'nowhere'], 'which Brook?'],
  [['import', 'brook', 'http://localhost:1'], '--token is missing'],
  [['import', 'jsonl'], 'which file?'],
  [['import', 'claim'], 'whose account?'],
  [['history', 'lobby', '--last', 'few'], '--last takes a whole number'],
  [['history', 'lobby', '--before', '0'], '--before takes a whole number'],
  [['history', 'lobby', '--last'], 'argument missing'],
])('%j is a usage error: one line, exit code 2', async (args, words) => {
  const { code, said } = await type(args)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(words)
  expect(said[0]).not.toContain('\n')
  expect(code).toBe(2)
})

test('brook alone prints the help, and is not a success', async () => {
  const { code, printed } = await type([])
  expect(printed).toContain('Usage: brook <verb>')
  expect(code).toBe(2)
})

test.each([
  [{ REDIS_URL: 'http://:s3cret@host' }, 'REDIS_URL is not a URL'],
  [{ MYSQL_URL: 'mysql://ann:s3cret@host' }, 'MYSQL_URL names no database'],
  [{ MYSQL_URL: 's3cret' }, 'MYSQL_URL is not a URL'],
  [{ PORT: 'many' }, 'PORT must be a whole number'],
])('an invalid setting is one line without the password: %j', async (env, words) => {
  const { code, said } = await type(['migrate'], env)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(words)
  expect(said[0]).not.toContain('s3cret')
  expect(code).toBe(1)
})

test('a store that refuses the connection is one line without the password or a stack', async () => {
  const { port } = await portThat('is free')
  const redis = await type(['migrate'], { REDIS_URL: `redis://:s3cret@127.0.0.1:${port}` })
  const mysql = await type(['migrate'], { MYSQL_URL: `mysql://ann:s3cret@127.0.0.1:${port}/brook` })
  for (const [{ code, said }, setting] of [
    [redis, 'REDIS_URL'],
    [mysql, 'MYSQL_URL'],
  ] as const) {
    expect(said).toEqual([
      `brook: ${setting}: nothing is listening at 127.0.0.1:${port} (connection refused). Is the server running?`,
    ])
    expect(code).toBe(1)
  }
})

test('a port that is taken is one line that says what to do, before anything starts', async () => {
  const { port, close } = await portThat('listens')
  for (const verb of ['start', 'server']) {
    const { code, said } = await type([verb], { PORT: String(port) })
    expect(said).toEqual([
      `brook: port ${port} is already in use. Choose another: PORT=${port + 1} npm start`,
    ])
    expect(code).toBe(1)
  }
  await close()
})
