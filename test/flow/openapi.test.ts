// /api/docs is OpenAPI 3.1 that tools take: linters find nothing in it, and a client made of it compiles.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'
import { awayMail } from '../support/mail-server.ts'
import { testFolder } from '../support/folder.ts'

type Json = Record<string, unknown>
interface Operation {
  operationId: string
  summary: string
  tags: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; description?: string; schema: Json }[]
  responses: Record<string, { description: string }>
}
interface Document {
  openapi: string
  info: { license?: object }
  servers: object[]
  tags: { name: string; description: string }[]
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> }
}

let brook: Brook
let document: Document
let operations: { path: string; method: string; operation: Operation }[]
const folder = testFolder()
beforeAll(async () => {
  brook = await Brook.start(awayMail)
  document = (await (await fetch(`${brook.servers[0]?.address}/api/docs/json`)).json()) as Document
  operations = Object.entries(document.paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path: at, method, operation })),
  )
})
afterAll(() => brook.stop())

/** Every object in the document, with the keys that lead to it. */
function* objects(value: unknown, at = ''): Generator<{ at: string; one: Json }> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield { at, one: value as Json }
  for (const [key, part] of Object.entries(value)) yield* objects(part, `${at}/${key}`)
}

describe('the document', () => {
  test('has no errors under the recommended rules of Redocly, and one warning: a probe has nothing to refuse', async () => {
    const config = await createConfig({ extends: ['recommended'] })
    const found = await lintFromString({ source: JSON.stringify(document), config })
    expect(found.map(({ ruleId, location: [at] }) => [ruleId, at?.pointer])).toEqual([
      ['operation-4xx-response', '#/paths/~1healthz/get/responses'],
    ])
  })

  test('is OpenAPI 3.1 with a license, a server, and schemes of security', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info.license).toEqual({ name: 'MIT', identifier: 'MIT' })
    expect(document.servers).not.toEqual([])
    expect(Object.keys(document.components.securitySchemes)).toEqual(
      expect.arrayContaining(['session', 'sessionOverTls', 'token']),
    )
    expect(document.security).not.toEqual([])
  })

  test('gives every operation an id of its own, words, a described tag, and answers for what goes well and wrong', () => {
    expect(operations.length).toBeGreaterThan(60)
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = new Set(document.tags.map(({ name, description }) => description !== '' && name))
    for (const { path: at, operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
      expect(operation.summary).not.toBe('')
      expect(operation.tags.filter((tag) => !tags.has(tag))).toEqual([])
      const statuses = Object.keys(operation.responses)
      expect([at, statuses.some((status) => /^2/.test(status))]).toEqual([at, true])
      if (at !== '/healthz') expect([at, statuses.some((status) => /^4/.test(status))]).toEqual([at, true])
    }
  })

  test('says of every operation who may ask: anybody, or with which credentials', () => {
    const open = operations.filter(({ operation }) =>
      operation.security?.every((one) => Object.keys(one).length === 0),
    )
    expect(open.map(({ operation }) => operation.operationId).sort()).toEqual([
      'getHealthz',
      'getHook',
      'getInvite',
      'getReadyz',
      'getWorkspace',
      'getWorkspaceIcon',
      'getWorkspacePicture',
      'postDeviceLinkEnter',
      'postDeviceLinkOpen',
      'postGuests',
      'postHook',
      'postJoinRequest',
      'postJoinRequestState',
      'postJoinRequestWithdraw',
      'postMailConfirm',
      'postMailEnter',
      'postMailForgot',
      'postMailJoin',
      'postMailLink',
      'postMailOff',
      'postOwner',
      'postPasskeyOptions',
      'postPasskeySession',
      'postReset',
      'postResetPerson',
      'postSecondFactor',
      'postSecondFactorWays',
      'postSession',
      'postUsers',
    ])
    const used = operations.flatMap(({ operation }) =>
      (operation.security ?? document.security).flatMap(Object.keys),
    )
    expect([...new Set(used)].filter((name) => !(name in document.components.securitySchemes))).toEqual([])
  })

  test('describes every parameter, and declares each that a path has', () => {
    for (const { path: at, operation } of operations) {
      const { parameters = [] } = operation
      for (const one of parameters) {
        expect([at, one.name, one.description ?? '']).not.toEqual([at, one.name, ''])
        expect(one.schema).toBeTypeOf('object')
      }
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(inPath.sort()).toEqual([...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort())
    }
  })

  test('names its schemas, and every reference leads to one; nothing is of an older version', () => {
    const { schemas } = document.components
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining(['ErrorAnswer', 'Message', 'Person', 'RoomSummary', 'SpokenMessage', 'User']),
    )
    for (const { at, one } of objects(document)) {
      const { $ref } = one
      if (typeof $ref === 'string')
        expect([at, $ref.replace('#/components/schemas/', '') in schemas]).toEqual([at, true])
      if (/\/properties$/.test(at)) continue
      expect([at, 'nullable' in one, Array.isArray(one['items'])]).toEqual([at, false, false])
    }
  })
})

test('a client that is generated from it compiles, and knows what comes', async () => {
  const types = astToString(await openapiTS(document as unknown as OpenAPI3))
  await writeFile(path.join(folder, 'brook.ts'), types)
  await writeFile(
    path.join(folder, 'client.ts'),
    `import type { components, operations, paths } from './brook.ts'
type Message = components['schemas']['Message']
export const seqOf = (message: Message): number => message.seq
export const page = (answer: operations['getRoomMessages']['responses']['200']['content']['application/json']): Message[] =>
  answer.messages
export type Rooms = paths['/api/rooms']['get']['responses']['200']['content']['application/json']
type IsRole<Name> = Name extends components['schemas']['Role'] ? true : false
export const owner: IsRole<'owner'> = true
export const king: IsRole<'king'> = false
`,
  )
  const compiler = path.join(root, 'node_modules/typescript-native/bin/tsc')
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--allowImportingTsExtensions']
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, ...options, 'client.ts'], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})
