// What /api/docs says: all routes as OpenAPI 3.1, with an id for each operation and a name for each schema of protocol/.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { cookieNames } from './account/token.ts'
import * as adminPeople from './protocol/admin-people.ts'
import * as audit from './protocol/audit.ts'
import * as backups from './protocol/backups.ts'
import * as bots from './protocol/bots.ts'
import * as customEmoji from './protocol/custom-emoji.ts'
import * as devices from './protocol/devices.ts'
import * as directory from './protocol/directory.ts'
import * as directs from './protocol/directs.ts'
import * as ending from './protocol/ending.ts'
import * as erasing from './protocol/erasing.ts'
import * as files from './protocol/files.ts'
import * as groups from './protocol/groups.ts'
import * as hooks from './protocol/hooks.ts'
import * as http from './protocol/http.ts'
import * as installedApp from './protocol/installed-app.ts'
import * as joinRequests from './protocol/join-requests.ts'
import * as linkCards from './protocol/link-cards.ts'
import * as mail from './protocol/mail.ts'
import * as moderation from './protocol/moderation.ts'
import * as roomDeletion from './protocol/room-deletion.ts'
import * as moments from './protocol/moments.ts'
import * as naming from './protocol/naming.ts'
import * as inbox from './protocol/inbox.ts'
import * as notifySettings from './protocol/notify-settings.ts'
import * as passkeys from './protocol/passkeys.ts'
import * as people from './protocol/people.ts'
import * as pipeline from './protocol/pipeline.ts'
import * as polls from './protocol/polls.ts'
import * as profiles from './protocol/profiles.ts'
import * as push from './protocol/push.ts'
import * as reminders from './protocol/reminders.ts'
import * as reports from './protocol/reports.ts'
import * as saved from './protocol/saved.ts'
import * as scheduled from './protocol/scheduled.ts'
import * as search from './protocol/search.ts'
import * as sections from './protocol/sections.ts'
import * as seen from './protocol/seen.ts'
import * as security from './protocol/security.ts'
import * as sync from './protocol/sync.ts'
import * as threads from './protocol/threads.ts'
import * as wordRules from './protocol/word-rules.ts'
import { brookVersion } from './version.ts'

const tags = {
  access: 'Who may come in: the workspace, and the links that invite',
  account: 'Signing up, in and out; sessions',
  people: 'What people say about themselves, their faces, and who is here',
  moderation: 'Who is banned, from the workspace or from a room; reports of messages; rules of words',
  mail: 'Mail addresses, and the links that are mailed',
  security: 'How people prove who they are: second factors and passkeys',
  rooms: 'Rooms and their members',
  directs: 'Direct rooms of one to fifteen people; whom somebody blocks',
  groups: 'Groups of people that are mentioned by one name',
  emoji: "The workspace's own emoji",
  messages: 'Reading, searching, sending and changing messages',
  threads: 'Threads that a person follows',
  files:
    'Uploads, and what is known of them: resumable by tus 1.0; what a message holds, and who has how much',
  polls: 'Questions with answers to choose from',
  notifications: 'What somebody was told of, and how they want to be told',
  saved: 'Messages that a person keeps for later',
  later: 'Messages that are sent later, and reminders',
  commands: 'Slash commands',
  bots: 'The cursor of a bot over all of its rooms',
  hooks: 'Incoming and outgoing webhooks',
  health: 'Probes and metrics of a process',
  administration: 'People, the archive and the audit log, for administrators',
}

const cookie = (name: string, description: string) =>
  ({ type: 'apiKey', in: 'cookie', name, description }) as const

export const openApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Brook',
      description:
        'A room is a log with dense numbers. Errors are `{"error":{"code","message"}}`; see docs/errors.md.',
      version: brookVersion,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'this server' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ session: [] }, { sessionOverTls: [] }, { token: [] }],
    components: {
      securitySchemes: {
        session: cookie(cookieNames.plain, 'the session of a browser, without TLS'),
        sessionOverTls: cookie(cookieNames.tls, 'the session of a browser, over TLS'),
        metrics: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN' },
        token: { type: 'http', scheme: 'bearer', description: 'the token of a bot or of a session' },
      },
    },
  },
  transform: ({ schema, url, route }) => ({
    schema: { operationId: operationIdOf(String(route.method), url), ...schema },
    url,
  }),
  transformObject: (document) =>
    'openapiObject' in document ? withNames(document.openapiObject) : document.swaggerObject,
}

/**
 * `GET /api/rooms/:room/messages` is `getRoomMessages`: the method, and the words of the path; what has a parameter after it
 * is one of many.
 */
export function operationIdOf(method: string, url: string): string {
  const parts = url.split('/').filter((part) => part !== '' && part !== 'api')
  const words = parts.flatMap((part, at) => {
    if (part.startsWith(':')) return []
    return parts[at + 1]?.startsWith(':') === true ? part.replace(/s$/, '') : part
  })
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Parameters are described one by one, so they are no schema of a body. */
const isNamed = ([name, schema]: [string, unknown]): boolean =>
  /^[A-Z]/.test(name) &&
  !/(?:Query|Params)$/.test(name) &&
  isObject(schema) &&
  (schema['type'] === 'object' || 'anyOf' in schema)

/** A value that may be only one is a constant, and a choice of constants is an enumeration: clients know these. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain)
  if (!isObject(schema)) return schema
  const all = Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, plain(one)]))
  const { enum: values, anyOf: choices, ...rest } = all
  if (Array.isArray(values) && values.length === 1) return { ...rest, const: values[0] as unknown }
  if (!Array.isArray(choices) || !choices.every((one) => isObject(one) && 'const' in one)) return all
  const constants = choices as Json[]
  return { ...rest, type: constants[0]?.['type'], enum: constants.map((one) => one['const']) }
}

const keyOf = (schema: unknown): string => JSON.stringify(schema)

/** Each schema of protocol/ stands once, under its name; the routes refer to it. */
function withNames<Document extends object>(document: Document): Document {
  const all = [
    people,
    http,
    adminPeople,
    audit,
    backups,
    customEmoji,
    devices,
    directory,
    directs,
    erasing,
    bots,
    ending,
    files,
    groups,
    hooks,
    installedApp,
    joinRequests,
    mail,
    moderation,
    roomDeletion,
    moments,
    naming,
    passkeys,
    pipeline,
    polls,
    profiles,
    push,
    reminders,
    reports,
    inbox,
    notifySettings,
    saved,
    scheduled,
    search,
    sections,
    security,
    seen,
    sync,
    threads,
    wordRules,
    linkCards,
  ]
  const named = all.flatMap((module) => Object.entries(module).filter(isNamed))
  const names = new Map<string, string>()
  for (const [name, schema] of named) {
    const key = keyOf(plain(schema))
    if (!names.has(key)) names.set(key, name)
  }
  const used = new Map<string, unknown>()
  const refer = (value: unknown, own?: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => refer(one))
    if (!isObject(value)) return value
    const name = names.get(keyOf(value))
    if (name === undefined || name === own)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, refer(one)]))
    if (!used.has(name)) {
      used.set(name, undefined)
      used.set(name, refer(value, name))
    }
    return { $ref: `#/components/schemas/${name}` }
  }
  const { paths, components } = document as unknown as { paths: unknown; components: Json }
  const referred = refer(plain(paths))
  const schemas = Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...document, paths: referred, components: { ...components, schemas } }
}
