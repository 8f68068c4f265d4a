// Each guard that is broken on purpose is where the list says: an outdated list would break nothing.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { mutants } from '../fault/guards.ts'

test.each(mutants)('$name', async ({ file, from, to }) => {
  const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
  expect(text.replace(from, to), `${String(from)} in ${file}`).not.toBe(text)
})
