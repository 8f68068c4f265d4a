// What `brook --help` and `brook <verb> --help` print.
import type { Verb } from './verb.ts'

const column = (rows: [left: string, right: string][]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

export const helpOfAll = (verbs: Record<string, Verb>): string =>
  `Usage: brook <verb>

${column(Object.values(verbs).map(({ usage, about }) => [usage, about]))}

Settings come from the environment:
${column([
  ['HOST, PORT', 'where to listen (127.0.0.1, 3000)'],
  ['DATA_DIR', 'where the embedded stores keep their data (.brook)'],
  ['REDIS_URL', 'redis://host:6379, in place of the embedded Redis'],
  ['MYSQL_URL', 'mysql://user:password@host/database, in place of the embedded MariaDB'],
  ['SYNC_CRON', 'when the log is archived, six fields, UTC (* * * * * *: each second)'],
  ['LOG_SHARDS', 'how many streams the log has (1); fixed once there is a log'],
  ['TRUST_PROXY', 'whose X-Forwarded-* headers count (loopback)'],
  ['WEBHOOK_PRIVATE', 'on lets outgoing webhooks reach loopback and private addresses'],
  ['LOG_LEVEL', 'silent to trace (warn)'],
  [
    'PACING',
    'off lifts the rates of sends, sign-ups, sign-ins and handshakes: for benchmarks and tests only',
  ],
  ['BOTS', 'off: brook start runs no /roll, /remind and /poll of its own'],
  ['ALLOW_UNSAFE_STORES', '1 runs on a Redis or MySQL whose settings can lose what was acknowledged'],
  ['STORES_PATH', 'folders to find redis-server and mariadbd in, in place of PATH'],
])}

brook <verb> --help tells more about one verb.`

export function helpOf(verb: Verb): string {
  const flags = Object.entries(verb.options).map(([name, option]): [string, string] => [
    `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option.about,
  ])
  return `Usage: brook ${verb.usage}\n\n${verb.about}\n\n${column([...flags, ['--help', 'print this']])}`
}
