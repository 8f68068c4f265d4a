// docs/SECURITY.md has every requirement of levels 1 and 2 of ASVS 5.0 once, and names only tests and pages that are there.
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

/** The level of each requirement of a section, in their order. */
const levels: Record<string, string> = {
  '1.1': '22',
  '1.2': '1111122223',
  '1.3': '112222222223',
  '1.4': '222',
  '1.5': '123',
  '2.1': '122',
  '2.2': '112',
  '2.3': '12223',
  '2.4': '23',
  '3.1': '3',
  '3.2': '113',
  '3.3': '12223',
  '3.4': '11222233',
  '3.5': '11122333',
  '3.6': '3',
  '3.7': '22333',
  '4.1': '12233',
  '4.2': '23333',
  '4.3': '22',
  '4.4': '1222',
  '5.1': '2',
  '5.2': '112333',
  '5.3': '113',
  '5.4': '222',
  '6.1': '122',
  '6.2': '111111112222',
  '6.3': '11223333',
  '6.4': '112233',
  '6.5': '22222333',
  '6.6': '2223',
  '6.7': '33',
  '6.8': '2222',
  '7.1': '222',
  '7.2': '1111',
  '7.3': '22',
  '7.4': '11222',
  '7.5': '223',
  '7.6': '22',
  '8.1': '1233',
  '8.2': '1123',
  '8.3': '133',
  '8.4': '23',
  '9.1': '111',
  '9.2': '1222',
  '10.1': '22',
  '10.2': '223',
  '10.3': '22223',
  '10.4': '1111122222233333',
  '10.5': '22222',
  '10.6': '22',
  '10.7': '222',
  '11.1': '2233',
  '11.2': '22233',
  '11.3': '11233',
  '11.4': '1222',
  '11.5': '23',
  '11.6': '23',
  '11.7': '33',
  '12.1': '12233',
  '12.2': '11',
  '12.3': '22223',
  '13.1': '2333',
  '13.2': '222223',
  '13.3': '2233',
  '13.4': '1222233',
  '14.1': '22',
  '14.2': '12223333',
  '14.3': '122',
  '15.1': '12233',
  '15.2': '12233',
  '15.3': '1222222',
  '15.4': '3333',
  '16.1': '2',
  '16.2': '22222',
  '16.3': '2222',
  '16.4': '222',
  '16.5': '2223',
  '17.1': '23',
  '17.2': '22223333',
  '17.3': '22',
}
const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const rows = (await read('docs/SECURITY.md'))
  .split('\n')
  .filter((line) => /^\| V\d/.test(line))
  .map((line) => {
    const [number = '', level = '', words = '', state = '', why = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim())
    return { number, level, words, state: state.replaceAll('*', ''), why }
  })

test('every requirement of levels 1 and 2 is there once, at its level', () => {
  const wanted = Object.entries(levels).flatMap(([section, all]) =>
    [...all].flatMap((level, at) => (level === '3' ? [] : `V${section}.${at + 1} ${level}`)),
  )
  expect(wanted).toHaveLength(253)
  expect(rows.map(({ number, level }) => `${number} ${level}`)).toEqual(wanted)
})

test('each is held, not applicable or missing, and says by what or why', () => {
  for (const { number, state, words, why } of rows) {
    expect([number, state]).toEqual([number, expect.stringMatching(/^(?:held|not applicable|missing)$/)])
    expect([number, words !== '', why !== '']).toEqual([number, true, true])
  }
})

test('none of level 1 is missing, and at most one in twenty of level 2', () => {
  const missing = (level: string): number =>
    rows.filter((row) => row.level === level && row.state === 'missing').length
  expect(missing('1')).toBe(0)
  expect(missing('2') / rows.filter(({ level }) => level === '2').length).toBeLessThanOrEqual(0.05)
})

test('what is held names a test or a page, and all of these are there', () => {
  const tests = new Set(
    ['unit', 'unit/web', 'flow', 'story'].flatMap((folder) =>
      readdirSync(new URL(`../${folder}`, import.meta.url)).map((file) => file.replace(/\.test\.ts$/, '')),
    ),
  )
  for (const { number, why } of rows.filter(({ state }) => state === 'held')) {
    const named = [...why.replace(/\(.*?\)$/, '').matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name)
    const pages = [...why.matchAll(/\]\(([\w.]+)\)/g)].map(([, page = '']) => page)
    expect([number, named.length + pages.length]).not.toEqual([number, 0])
    expect([number, named.filter((name) => !tests.has(name))]).toEqual([number, []])
    const gone = pages.filter((page) => !existsSync(new URL(`../../docs/${page}`, import.meta.url)))
    expect([number, gone]).toEqual([number, []])
  }
})

test('every library has an exact version and a checksum', async () => {
  const { dependencies, devDependencies } = JSON.parse(await read('package.json')) as Record<
    string,
    Record<string, string>
  >
  const versions = Object.entries({ ...dependencies, ...devDependencies })
  expect(
    versions.filter(([, version]) => !/^(?:npm:[@\w./-]+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version)),
  ).toEqual([])
  const lock = JSON.parse(await read('package-lock.json')) as {
    packages: Record<string, { integrity?: string; inBundle?: boolean }>
  }
  const without = Object.entries(lock.packages).filter(
    ([path, { integrity, inBundle }]) => path !== '' && inBundle !== true && !integrity,
  )
  expect(without).toEqual([])
})
