// Settings: empty is the default, and what is not understood is refused, in one line without a password.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'

const names = [
  ...[
    'HOST',
    'PORT',
    'DATA_DIR',
    'REDIS_URL',
    'REDIS_REPLICAS',
    'MYSQL_URL',
    'SYNC_CRON',
    'LOG_SHARDS',
    'TRUST_PROXY',
  ],
  ...[
    'WEBHOOK_PRIVATE',
    'LINK_CARDS_PRIVATE',
    'BOTS',
    'ALLOW_UNSAFE_STORES',
    'LOG_LEVEL',
    'LOG_FORMAT',
    'METRICS_PORT',
    'METRICS_TOKEN',
    'PACING',
  ],
  ...['SIGN_UP_LIMIT', 'SIGN_IN_LIMIT', 'TRUSTED_NETS', 'PUBLIC_URL', 'ALLOWED_HOSTS', 'DRAIN_SECONDS'],
  ...['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'OIDC_SIGN_UP', 'OIDC_ADMIN_GROUP'],
  ...['SMTP_URL', 'S3_URL', 'FILES_IN'],
]

test('an empty setting is the default', () => {
  const empty = Object.fromEntries(names.map((name) => [name, '']))
  expect(readConfig(empty)).toEqual(readConfig({}))
  expect(readConfig(empty)).toMatchObject({ host: '127.0.0.1', redis: undefined, mysql: undefined })
})

test.each([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
])('what is on or off may be written %s', (text, meaning) => {
  const env = { PACING: text, BOTS: text, ALLOW_UNSAFE_STORES: text, WEBHOOK_PRIVATE: text }
  expect(readConfig(env)).toMatchObject({
    pacing: meaning,
    bots: meaning,
    allowUnsafeStores: meaning,
    webhookPrivate: meaning,
  })
})

const oidc = { OIDC_ISSUER: 'https://id.example/', OIDC_CLIENT_ID: 'brook', OIDC_CLIENT_SECRET: 's' }

test('an identity provider is three settings, and is named by its host', () => {
  expect(readConfig({ ...oidc, OIDC_SIGN_UP: 'on' }).oidc).toEqual({
    issuer: 'https://id.example/',
    clientId: 'brook',
    clientSecret: 's',
    name: 'id.example',
    signUp: true,
    adminGroup: undefined,
  })
  expect(readConfig({}).oidc).toBeUndefined()
})

const smtp = (rest: string) => ({ PUBLIC_URL: 'https://chat.example', SMTP_URL: rest })

test('a mail server is one setting', () => {
  const given = smtp('smtp://ann%40x:s3%2Fcret@mail.example?from=Brook <brook@bücher.example>')
  expect(readConfig(given).mail).toEqual({
    host: 'mail.example',
    port: 587,
    secure: false,
    needsTls: true,
    auth: { user: 'ann@x', pass: 's3/cret' },
    from: { name: 'Brook', address: 'brook@xn--bcher-kva.example' },
  })
  expect(readConfig(smtp('smtps://[::1]?from=brook@x.example')).mail).toMatchObject({
    host: '::1',
    port: 465,
    secure: true,
    auth: undefined,
    from: { name: undefined },
  })
  expect(readConfig(smtp('smtp://a:b@127.0.0.1:25?from=brook@x.example')).mail).toMatchObject({
    port: 25,
    needsTls: false,
  })
  expect(readConfig({}).mail).toBeUndefined()
})

const ldap = { LDAP_URL: 'ldaps://ldap.example', LDAP_BASE: 'dc=example' }

test('a directory is two settings, and is named by its host', () => {
  expect(readConfig({ ...ldap, LDAP_NAMES: 'displayName, uid' }).ldap).toEqual({
    url: 'ldaps://ldap.example',
    startTls: false,
    ca: undefined,
    reader: undefined,
    base: 'dc=example',
    filter: '(uid={name})',
    idAttribute: 'entryUUID',
    nameAttributes: ['displayName', 'uid'],
    name: 'ldap.example',
    signUp: false,
    adminGroup: undefined,
  })
  expect(readConfig({ ...ldap, LDAP_URL: 'ldap://localhost:389/' }).ldap?.url).toBe('ldap://localhost:389')
  expect(readConfig({}).ldap).toBeUndefined()
})

test('an object store is one setting, and new files go there unless another says so', () => {
  const S3_URL = 's3://brook%3Aann:s%2Fcret@s3.example:9000/files/of-brook?region=eu-1&style=host'
  expect(readConfig({ S3_URL })).toMatchObject({
    filesIn: 's3',
    s3: {
      endpoint: 'https://s3.example:9000',
      bucket: 'files',
      prefix: 'of-brook/',
      region: 'eu-1',
      key: 'brook:ann',
      secret: 's/cret',
      style: 'host',
    },
  })
  expect(readConfig({ S3_URL, FILES_IN: 'disk' }).filesIn).toBe('disk')
  expect(readConfig({ S3_URL: 's3://a:b@127.0.0.1:1/bucket' }).s3?.endpoint).toBe('http://127.0.0.1:1')
  expect(readConfig({})).toMatchObject({ s3: undefined, filesIn: 'disk' })
})

const s3 = 's3://ann:s3cret@s3.example'
const mysql = 'mysql://ann:s3cret@db.example.org/brook'

test.each([
  [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN must have at least 16 characters, without spaces.'],
  [
    { METRICS_TOKEN: 'long but with spaces' },
    'METRICS_TOKEN must have at least 16 characters, without spaces.',
  ],
  [{ PUBLIC_URL: 'chat.example' }, 'PUBLIC_URL is not a URL of the form https://chat.example'],
  [{ PUBLIC_URL: 'https://chat.example/brook' }, 'PUBLIC_URL is a URL without a path'],
  [{ ALLOWED_HOSTS: 'chat.example:443' }, 'ALLOWED_HOSTS takes host names'],
  [{ DRAIN_SECONDS: '60' }, 'DRAIN_SECONDS must be a whole number from 0 to 10'],
  [{ OIDC_ISSUER: 'https://id.example' }, 'OIDC_ISSUER is set, but not OIDC_CLIENT_ID'],
  [{ OIDC_ADMIN_GROUP: 'keepers' }, 'OIDC_ADMIN_GROUP is set, but not OIDC_ISSUER'],
  [{ ...oidc, OIDC_ISSUER: 'http://id.example' }, 'OIDC_ISSUER is not a URL of the form https'],
  [{ ...oidc, OIDC_ISSUER: 'https://id.example/?a=b' }, 'OIDC_ISSUER is not a URL of the form https'],
  [{ ...oidc, OIDC_SIGN_UP: 'all' }, 'OIDC_SIGN_UP must be on or off'],
  [smtp('mail.example'), 'SMTP_URL is not a URL of the form smtp://user:password@host:587'],
  [smtp('http://mail.example'), 'SMTP_URL is not a URL of the form smtp://'],
  [smtp('smtp://ann:s3cret@mail.example'), 'SMTP_URL needs the address that mail comes from'],
  [smtp('smtp://ann:s3cret@mail.example?from=nobody'), 'SMTP_URL needs the address that mail comes from'],
  [smtp('smtp://ann:s3cret@mail.example?from=a@b.org%0D%0ABcc:eve@b.org'), 'SMTP_URL needs the address'],
  [smtp('smtp://ann@mail.example?from=a@b.org'), 'a user without a password'],
  [smtp('smtp://ann:s3cret%zz@mail.example?from=a@b.org'), 'percent signs in the user or the password'],
  [smtp('smtp://ann:s3cret@mail.example?from=a@b.org&tls=off'), 'does not know: "tls"'],
  [smtp('smtp://ann:s3cret@mail.example/inbox?from=a@b.org'), 'SMTP_URL has no path'],
  [{ SMTP_URL: 'smtp://ann:s3cret@mail.example?from=a@b.org' }, 'SMTP_URL is set, but not PUBLIC_URL'],
  [{ LDAP_URL: 'ldaps://ldap.example' }, 'LDAP_URL is set, but not LDAP_BASE'],
  [{ LDAP_FILTER: '(uid={name})' }, 'LDAP_FILTER is set, but not LDAP_URL'],
  [{ ...ldap, LDAP_URL: 'https://ldap.example' }, 'LDAP_URL is not a URL of the form ldaps://'],
  [{ ...ldap, LDAP_URL: 'ldap://ldap.example' }, 'LDAP_URL must be ldaps://, or have LDAP_START_TLS=on'],
  [{ ...ldap, LDAP_START_TLS: 'on' }, 'LDAP_START_TLS is for ldap://'],
  [{ ...ldap, LDAP_BIND_DN: 'cn=reader' }, 'LDAP_BIND_DN and LDAP_BIND_PASSWORD belong together'],
  [{ ...ldap, LDAP_FILTER: '(uid=ann)' }, 'LDAP_FILTER is not a filter with {name}'],
  [{ ...ldap, LDAP_ID: 'a b' }, 'LDAP_ID is an attribute'],
  [{ S3_URL: 'https://ann:s3cret@s3.example/files' }, 'S3_URL is not a URL of the form s3://key:secret@host'],
  [{ S3_URL: s3 }, 'S3_URL names no bucket'],
  [{ S3_URL: `${s3}/Files` }, 'S3_URL names no bucket'],
  [{ S3_URL: `${s3}/files/a b` }, 'what follows the bucket'],
  [{ S3_URL: 's3://ann@s3.example/files' }, 'S3_URL needs a key and its secret'],
  [{ S3_URL: 's3://ann:s3cret%zz@s3.example/files' }, 'S3_URL needs a key and its secret'],
  [{ S3_URL: `${s3}/files?tls=maybe` }, 'tls is on or off'],
  [{ S3_URL: `${s3}/files?style=dns` }, 'style is path or host'],
  [{ S3_URL: `${s3}/files?acl=public` }, 'does not know: "acl"'],
  [{ FILES_IN: 's3' }, 'FILES_IN is s3, but S3_URL is not set'],
  [{ S3_URL: `${s3}/files`, FILES_IN: 'both' }, 'FILES_IN must be one of disk, s3'],
  [{ PACING: 'no' }, 'PACING must be on or off'],
  [{ BOTS: 'toString' }, 'BOTS must be on or off'],
  [{ ALLOW_UNSAFE_STORES: 'yes' }, 'ALLOW_UNSAFE_STORES must be on or off'],
  [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace'],
  [{ LOG_FORMAT: 'pretty' }, 'LOG_FORMAT must be one of json, text'],
  [{ TRUSTED_NETS: '10.0.0.0/8,school' }, 'not "school"'],
  [{ SIGN_UP_LIMIT: '0' }, 'SIGN_UP_LIMIT must be a whole number from 1'],
  [{ SYNC_CRON: 'often' }, 'SYNC_CRON must be a cron pattern'],
  [{ TRUST_PROXY: 'nonsense' }, 'TRUST_PROXY takes addresses'],
  [{ TRUST_PROXY: 'loopback,10.0.0.0/33' }, 'not "10.0.0.0/33"'],
  [{ TRUST_PROXY: '10.0.0.0/8/8' }, 'not "10.0.0.0/8/8"'],
  [{ TRUST_PROXY: 'loopback,,uniquelocal' }, 'not ""'],
  [{ MYSQL_URL: 'mysql://ann:s3cret@h1,,h2/brook' }, 'MYSQL_URL is not a URL'],
  [{ MYSQL_URL: 'mysql://ann:s3cret@h1,h2:x/brook' }, 'MYSQL_URL is not a URL'],
  [{ MYSQL_URL: 'mysql://ann:s3cret@h1,10.0.0.6/brook?ssl-mode=VERIFY_IDENTITY' }, 'needs a host name'],
  [{ MYSQL_URL: `${mysql}?charset=latin1` }, 'a parameter that Brook does not know: "charset"'],
  [{ MYSQL_URL: `${mysql}?ssl-mode=PREFERRED` }, 'ssl-mode must be DISABLED, REQUIRED'],
  [{ MYSQL_URL: `${mysql}?ssl-mode=constructor` }, 'ssl-mode must be DISABLED, REQUIRED'],
  [{ MYSQL_URL: 'mysql://ann:s3cret@10.0.0.6/brook?ssl-mode=VERIFY_IDENTITY' }, 'needs a host name'],
  [{ MYSQL_URL: 'mysql://ann:s3cret@[::1]/brook?ssl-mode=VERIFY_IDENTITY' }, 'needs a host name'],
  [{ MYSQL_URL: `${mysql}?ssl-mode=REQUIRED&ssl-ca=/ca.pem` }, 'ssl-ca needs ssl-mode=VERIFY_CA'],
  [{ MYSQL_URL: `${mysql}?ssl-mode=VERIFY_CA&ssl-ca=/nowhere.pem` }, '/nowhere.pem, cannot be read'],
])('%j is refused', (env, words) => {
  const refused = (): unknown => readConfig(env)
  expect(refused).toThrow(ConfigError)
  expect(refused).toThrow(words)
  expect(refused).not.toThrow(/s3cret|\n/)
})

test.each(['loopback', '10.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1', 'uniquelocal, 10.1.2.3'])(
  'TRUST_PROXY may be %s',
  (text) => {
    expect(readConfig({ TRUST_PROXY: text }).trustProxy).toBe(text.replace(' ', ''))
  },
)

test('MYSQL_URL says whether the connection is encrypted, and who is believed', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  const file = path.join(folder, 'ca.pem')
  await writeFile(file, 'certificates')
  const tls = (query: string): unknown => readConfig({ MYSQL_URL: mysql + query }).mysql?.ssl
  expect(tls('')).toBeUndefined()
  expect(tls('?ssl-mode=DISABLED')).toBeUndefined()
  expect(tls('?ssl-mode=required')).toEqual({ rejectUnauthorized: false, verifyIdentity: false })
  expect(tls(`?ssl-mode=VERIFY_CA&ssl-ca=${file}`)).toEqual({
    rejectUnauthorized: true,
    verifyIdentity: false,
    ca: 'certificates',
  })
  expect(tls('?ssl-mode=VERIFY_IDENTITY')).toEqual({ rejectUnauthorized: true, verifyIdentity: true })
  await rm(folder, { recursive: true })
})

test('several servers of MySQL have one account and one database, and a port each', () => {
  expect(readConfig({ MYSQL_URL: 'mysql://ann:a%40b@h1:3307,h2,[::1]:3309/brook' }).mysql).toEqual({
    ...{ host: 'h1', port: 3307, user: 'ann', password: 'a@b', database: 'brook' },
    others: [
      { host: 'h2', port: 3306 },
      { host: '[::1]', port: 3309 },
    ],
  })
})

test('a domain is the address that people use, unless that is said', () => {
  expect(readConfig({ BROOK_DOMAIN: 'chat.example' }).publicUrl?.href).toBe('https://chat.example/')
  const both = { BROOK_DOMAIN: 'chat.example', PUBLIC_URL: 'https://chat.example:8443' }
  expect(readConfig(both).publicUrl?.href).toBe('https://chat.example:8443/')
  expect(() => readConfig({ BROOK_DOMAIN: 'https://chat.example' })).toThrow('BROOK_DOMAIN takes host names')
})
