// docs/errors.md and docs/socket.md say of every code what the table of errors says.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { closes, errors } from '../../server/protocol/errors.ts'
import { kinds } from '../../server/protocol/entries/kinds.ts'
import { requests } from '../../server/protocol/requests.ts'

const page = (name: string) => readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')

test('every error has a row with its status, whether to retry, its words and what to do', async () => {
  const rows = (await page('errors')).split('\n').flatMap((line) => {
    const [, code, status, retry, words, advice] = line.split('|').map((cell) => cell.trim())
    return code?.startsWith('`') === true ? [{ code, status, retry, words, hasAdvice: advice !== '' }] : []
  })
  const listed = Object.entries(errors).map(([code, { status, retry, words }]) => ({
    code: `\`${code}\``,
    status: String(status),
    retry: retry ? 'yes' : 'no',
    words,
    hasAdvice: true,
  }))
  expect(rows).toEqual(listed)
})

test('every request, kind of entry and close code of the socket is described', async () => {
  const text = await page('socket')
  for (const name of [...Object.keys(requests), ...Object.keys(kinds)]) expect(text).toContain(`\`${name}\``)
  for (const { code } of Object.values(closes))
    expect(text.includes(`| ${code} |`) || (code > 4000 && code < 4500), String(code)).toBe(true)
})
