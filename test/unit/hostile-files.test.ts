// What the processes that read pictures make of files that mean harm: each is what it is, or is refused, and the next one is read
// as if nothing had happened.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectWith } from '../../server/files/inspection/inspect.ts'
import { openPictures } from '../../server/pictures/pictures.ts'
import { hostileFiles } from '../support/hostile-files/corpus.ts'

const pictures = openPictures({ onTask: () => undefined, onFailure: () => undefined })
const inspect = inspectWith(pictures)
const corpus = await hostileFiles()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-hostile-'))
})
afterAll(async () => {
  pictures.close()
  await rm(folder, { recursive: true })
})

test('are many, and all different', () => {
  expect(new Set(corpus.map(({ what }) => what)).size).toBe(corpus.length)
  expect(corpus.length).toBeGreaterThan(100)
})

test.each(corpus.filter(({ bytes }) => bytes.length > 0))('$what: $fate', async ({ bytes, fate, name }) => {
  const file = path.join(folder, 'file')
  await writeFile(file, bytes)
  const found = await inspect({ path: file, size: bytes.length, name, person: 'eve' })
  const seen = 'code' in found ? `refused ${found.code}` : found.kind
  if (fate !== 'any') expect(seen).toBe(fate)
  // Nothing that a browser would run is called what it is.
  if ('type' in found) expect(found.type).not.toMatch(/html|xml|svg|script|ecma/)
  if ('kind' in found && found.kind === 'image') {
    const made = await pictures.make('eve', { source: file, width: 320, height: 1_280, fit: 'inside' })
    expect(made).toHaveProperty('done.bytes')
  }
})
