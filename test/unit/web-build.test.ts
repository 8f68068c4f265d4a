// The built web app on disk: which build it is, and what stays of former ones.
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { emptyButAssets, removeFormer } from '../../server/cli/former-assets.ts'
import { WebBuild } from '../../server/web-build.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true })
})

const builds = async (id: string, at: number): Promise<void> => {
  await mkdir(path.join(folder, '.vite'), { recursive: true })
  const manifest = { 'index.html': { file: `assets/${id}.js` }, 'app-shell.ts': { file: 'assets/shell.js' } }
  await writeFile(path.join(folder, '.vite/manifest.json'), JSON.stringify(manifest))
  const page = path.join(folder, 'index.html')
  await writeFile(page, `<meta name="brook-build" content="${id}">`)
  await utimes(page, at, at)
}

test('a build that replaces another under a running server is noticed', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const build = new WebBuild(folder)
  expect(build.id).toBeUndefined()
  for (const [id, at] of [
    ['one', 1_000],
    ['two', 2_000],
  ] as const) {
    await builds(id, at)
    vi.advanceTimersByTime(1_000)
    expect(build.id).toBe(id)
    expect(build.links).toContain(`</assets/${id}.js>; rel=modulepreload`)
  }
})

test('assets of former builds stay for seven days, and the rest is written anew', async () => {
  const assets = path.join(folder, 'assets')
  await mkdir(assets)
  const now = 1_800_000_000
  const day = 24 * 3_600
  for (const [name, age] of [
    ['page-A.js', 8 * day],
    ['page-A.js.br', 8 * day],
    ['page-B.js', 6 * day],
    ['page-C.js', 0],
  ] as const) {
    await writeFile(path.join(assets, name), '')
    await utimes(path.join(assets, name), now - age, now - age)
  }
  await writeFile(path.join(folder, 'removed-icon.svg'), '')
  emptyButAssets(folder)
  removeFormer(assets, now * 1_000)
  expect(await readdir(folder)).toEqual(['assets'])
  expect((await readdir(assets)).sort()).toEqual(['page-B.js', 'page-C.js'])
})
