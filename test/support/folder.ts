// A temporary folder for the tests of one file: call `testFolder` once, at its top.
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

/** Its path; it is removed after the tests. */
export function testFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'brook-test-'))
  afterAll(() => rm(folder, { recursive: true }))
  return folder
}
