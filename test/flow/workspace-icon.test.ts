// The icon of the workspace, as everybody sees it and as administrators change it.
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hueOf, noChoice } from '../../server/protocol/workspace-icon.ts'
import type { Workspace, WorkspaceBody } from '../../server/protocol/workspace.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  root = await brook.arrive('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())

/** Answers 200, or the code of the refusal. */
async function changes(body: object) {
  const answer = await root.ask<{ error?: { code: string } }>('PATCH', '/api/workspace', body)
  return answer.body.error?.code ?? answer.status
}

async function opens(change: WorkspaceBody): Promise<void> {
  expect(await changes(change)).toBe(200)
}

test('a workspace has the initials of its name, until an administrator chooses its icon', async () => {
  const look = async () => (await root.ask<Workspace>('GET', '/api/workspace')).body.icon
  const change = (icon: object) => changes({ icon })
  expect(await look(), 'nobody has named it').toBeUndefined()
  await opens({ name: 'Northwind garden' })
  const hue = hueOf('Northwind garden')
  expect(await look()).toEqual({ text: 'NG', hue, chosen: noChoice })
  expect(await change({ text: '', hue: 55 })).toBe(200)
  await opens({ name: '花园' })
  expect(await look()).toEqual({ text: '花', hue: 55, chosen: { text: '', hue: 55 } })
  // As an emoji is stored everywhere.
  expect(await change({ text: ' ❤ ', hue: null })).toBe(200)
  const chosen = { text: '❤️', hue: null }
  expect(await look()).toEqual({ text: '❤️', hue: hueOf('花园'), chosen })
  await opens({ signUp: 'invite' })
  expect((await look())?.chosen, 'what does not change stays').toEqual(chosen)
  for (const text of ['abc', '❤️❤️', '!', '\u202e', 'a '.repeat(9), `a${'\u0301'.repeat(40)}`])
    expect(await change({ text, hue: null }), text).toBe('bad_workspace_icon')
  expect(await change({ text: 'x'.repeat(65), hue: null })).toBe('bad_request')
  expect(await change({ text: 'x', hue: 26 })).toBe('bad_request')
  expect((await look())?.chosen).toEqual(chosen)
})

test('the audit log has what was chosen', async () => {
  await opens({ icon: { text: '🌱', hue: null } })
  const noted = () =>
    brook.db.rows<{ about: string }>("SELECT about FROM audit WHERE kind = 'workspace_changed'")
  const isNoted = { changed: { icon: '🌱' } }
  await until(noted, (rows) => rows.some(({ about }) => isDeepStrictEqual(JSON.parse(about), isNoted)))
})
