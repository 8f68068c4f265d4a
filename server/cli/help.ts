// What `brook --help` and `brook <verb> --help` print.
import type { Verb } from './verb.ts'

/** Columns of a terminal. */
const lineLength = 80

/** Lines of at most `length`, broken between words. */
function wrapped(words: string, length: number): string[] {
  const lines = ['']
  for (const word of words.split(/\s+/)) {
    const line = lines.at(-1) ?? ''
    if (line === '' || line.length + 1 + word.length <= length)
      lines[lines.length - 1] = `${line} ${word}`.trim()
    else lines.push(word)
  }
  return lines
}

const column = (rows: [left: string, right: string][]): string => {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4
  return rows
    .map(([left, right]) => {
      const lines = wrapped(right, lineLength - width)
      return `  ${left.padEnd(width - 4)}  ${lines.join(`\n${' '.repeat(width)}`)}`
    })
    .join('\n')
}

const firstSentence = (about: string): string => /^[^]*?\.(?=\s|$)/.exec(about)?.[0] ?? about

export const helpOfAll = (verbs: Record<string, Verb>): string =>
  `Usage: brook <verb>

${column(Object.entries(verbs).map(([name, { about }]) => [name, firstSentence(about)]))}

brook <verb> --help describes one verb.

Settings come from the environment:
${column([
  ['HOST, PORT', 'where to listen (127.0.0.1, 3000)'],
  ['METRICS_PORT', 'where brook sync and brook bots serve /metrics and /healthz (nowhere)'],
  ['METRICS_TOKEN', 'lets other machines read /metrics, with Authorization: Bearer (only this one may)'],
  ['DATA_DIR', 'where the embedded stores keep their data (.brook)'],
  [
    'REDIS_URL',
    'redis://host:6379, instead of the embedded Redis; redis+cluster:// or redis+sentinel:// for many (docs/REDIS.md)',
  ],
  ['REDIS_REPLICAS', 'replicas of Redis that must have a message before it is acknowledged (0)'],
  ['MYSQL_URL', 'mysql://user:password@host/database, instead of the embedded MariaDB'],
  ['SYNC_CRON', 'when the log is archived: six fields, UTC (* * * * * *: every second)'],
  ['LOG_SHARDS', 'number of streams the log has (1); cannot change once there is a log'],
  ['TRUST_PROXY', 'proxies whose X-Forwarded-* headers are trusted (loopback)'],
  ['SIGN_UP_LIMIT', 'new accounts from one address in an hour (30)'],
  ['SIGN_IN_LIMIT', 'wrong passwords from one address in 15 minutes (50)'],
  ['TRUSTED_NETS', 'addresses and networks to which these two do not apply'],
  ['WEBHOOK_PRIVATE', 'on lets outgoing webhooks reach loopback and private addresses'],
  [
    'PUBLIC_URL',
    'where people reach Brook, if that is neither localhost nor an IP address: https://chat.example',
  ],
  ['ALLOWED_HOSTS', 'more host names under which it answers'],
  ['S3_URL', 'where files are kept, instead of DATA_DIR: s3://key:secret@host/bucket (docs/files-on-s3.md)'],
  ['FILES_IN', 'disk or s3: where new files go while there are two places (s3 with S3_URL)'],
  [
    'BACKUP_TO',
    'where backups go every night: a folder, or s3://key:secret@host/bucket/folder (docs/BACKUP.md)',
  ],
  ['BACKUP_PASSPHRASE_FILE', 'the file whose first line is their passphrase; or BACKUP_PASSPHRASE'],
  ['BACKUP_CRON', 'when: six fields, UTC (0 30 3 * * *)'],
  ['SMTP_URL', 'a mail server: smtp://user:password@host:587?from=brook@example.org (docs/mail.md)'],
  ['OIDC_ISSUER', 'an identity provider by which people sign in: https://id.example'],
  ['OIDC_CLIENT_ID', 'as it knows Brook; with OIDC_CLIENT_SECRET'],
  ['OIDC_NAME', 'what its button says (the host of the issuer)'],
  ['OIDC_SIGN_UP', 'on: whoever it signs in may join, however closed Brook is (off)'],
  ['OIDC_ADMIN_GROUP', 'its group whose members are administrators'],
  ['LDAP_URL', 'a directory by which people sign in: ldaps://ldap.example; with LDAP_BASE'],
  ['LDAP_BASE', 'below which its people are: dc=example,dc=org; more: docs/identity.md'],
  [
    'DRAIN_SECONDS',
    'how long a stopping server says so at /readyz first (5 with stores of your own, else 0)',
  ],
  ['LOG_LEVEL', 'silent to trace (info)'],
  ['LOG_FORMAT', 'json or text; by default text on a terminal, otherwise json'],
  [
    'PACING',
    'off lifts the rate limits on sends, sign-ups, sign-ins and handshakes: for benchmarks and tests only',
  ],
  ['BOTS', 'off: brook start does not run the built-in bot (/roll, /remind, /poll)'],
  ['ALLOW_UNSAFE_STORES', '1 accepts a Redis or MySQL whose settings can lose acknowledged messages'],
  ['STORES_PATH', 'folders to search for redis-server and mariadbd, instead of PATH'],
])}`

export function helpOf(verb: Verb): string {
  const flags = Object.entries(verb.options).map(([name, option]): [string, string] => [
    `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option.about,
  ])
  const [name = ''] = verb.usage.split(' ')
  const ways = verb.usage.split(' | ').map((way, at) => `  brook ${at === 0 ? way : `${name} ${way}`}`)
  const about = verb.about.split('\n').flatMap((line) => wrapped(line, lineLength))
  const actions = Object.entries(verb.actions ?? {}).map(
    ([action, { usage, about: does }]): [string, string] => [
      usage === undefined ? action : `${action} ${usage}`,
      does,
    ],
  )
  return `Usage:
${ways.join('\n')}

${about.join('\n')}

${actions.length > 0 ? `${column(actions)}\n\n` : ''}${column([...flags, ['--help', 'print this']])}`
}
