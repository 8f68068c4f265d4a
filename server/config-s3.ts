// The setting of an object store: S3_URL, as s3://key:secret@host:port/bucket/prefix?region=us-east-1&tls=on&style=path.

/** Where files are kept besides the disk. */
export interface S3Config {
  /** With its scheme: `https://s3.example:9000`, without a path. */
  endpoint: string
  bucket: string
  /** In front of every key: '' or `brook/`. */
  prefix: string
  region: string
  key: string
  secret: string
  /** Where the bucket is named: in the path, or in front of the host. */
  style: 'path' | 'host'
}

export const filesPlaces = ['disk', 's3'] as const
export type FilesPlace = (typeof filesPlaces)[number]

const form = 's3://key:secret@host/bucket?region=us-east-1'
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/
const known = ['region', 'tls', 'style']
/** As S3 names them, and a prefix of the same characters. */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const prefixName = /^([A-Za-z0-9_.-]+\/)*$/

/** Undefined: there is none. @returns a text if the setting is wrong: why; it never repeats the setting */
export function readS3(env: Partial<Record<string, string>>): S3Config | string | undefined {
  const text = env['S3_URL']
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 's3:' || url.hostname === '')
    return `S3_URL is not a URL of the form ${form}.`
  const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) return `S3_URL has a parameter that Brook does not know: "${unknown}".`
  const [, bucket = '', ...below] = url.pathname.replace(/\/$/, '').split('/')
  if (!bucketName.test(bucket)) return `S3_URL names no bucket: ${form}.`
  const prefix = below.map((part) => `${part}/`).join('')
  if (!prefixName.test(prefix) || below.includes('..') || below.includes('.'))
    return 'S3_URL: what follows the bucket is a folder of letters, digits, dots, dashes and underscores.'
  const keys = credentialsOf(url)
  if (keys === undefined)
    return `S3_URL needs a key and its secret, with characters such as : and / written as %3A and %2F: ${form}.`
  const tls = url.searchParams.get('tls') ?? (loopback.test(url.hostname) ? 'off' : 'on')
  if (tls !== 'on' && tls !== 'off') return 'S3_URL: tls is on or off.'
  const style = url.searchParams.get('style') ?? 'path'
  if (style !== 'path' && style !== 'host') return 'S3_URL: style is path or host.'
  return {
    endpoint: `${tls === 'on' ? 'https' : 'http'}://${url.host}`,
    bucket,
    prefix,
    region: url.searchParams.get('region') ?? 'us-east-1',
    ...keys,
    style,
  }
}

function credentialsOf({ username, password }: URL): Pick<S3Config, 'key' | 'secret'> | undefined {
  if (username === '' || password === '') return undefined
  try {
    return { key: decodeURIComponent(username), secret: decodeURIComponent(password) }
  } catch {
    return undefined
  }
}
