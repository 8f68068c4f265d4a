// The setting of a mail server: SMTP_URL, as smtp://user:password@host:587?from=brook@example.org or smtps://.
import { cleanMailAddress } from './protocol/mail-address.ts'

export interface MailConfig {
  host: string
  port: number
  /** TLS from the first byte. */
  secure: boolean
  /** Without STARTTLS nothing is sent: a password is never sent as it is, but to this machine. */
  needsTls: boolean
  auth: { user: string; pass: string } | undefined
  /** `name` undefined: that of the workspace. */
  from: { name: string | undefined; address: string }
}

const form = 'smtp://user:password@host:587?from=brook@example.org'
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Undefined: there is none. @returns a text if the setting is wrong: why; it never repeats the setting */
export function readMail(env: Partial<Record<string, string>>): MailConfig | string | undefined {
  const text = env['SMTP_URL']
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    return `SMTP_URL is not a URL of the form ${form} (smtps:// for TLS from the start).`
  if (!/^\/?$/.test(url.pathname) || url.hash !== '') return `SMTP_URL has no path: ${form}.`
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'from')
  if (unknown !== undefined) return `SMTP_URL has a parameter that Brook does not know: "${unknown}".`
  const from = senderOf(url.searchParams.getAll('from'))
  if (from === undefined) return `SMTP_URL needs the address that mail comes from: ${form}.`
  if ((url.username === '') !== (url.password === ''))
    return 'SMTP_URL has a user without a password, or a password without a user.'
  if (env['PUBLIC_URL'] === undefined)
    return 'SMTP_URL is set, but not PUBLIC_URL: the links in mails need the address of this Brook.'
  const secure = url.protocol === 'smtps:'
  const auth = credentialsOf(url)
  if (auth === 'unreadable') return 'SMTP_URL: percent signs in the user or the password are written %25.'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    needsTls: !secure && auth !== undefined && !loopback.test(url.hostname),
    auth,
    from,
  }
}

export const isThisMachine = (host: string): boolean => loopback.test(host.includes(':') ? `[${host}]` : host)

function credentialsOf({ username, password }: URL): MailConfig['auth'] | 'unreadable' {
  if (username === '') return undefined
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  } catch {
    return 'unreadable'
  }
}

/** `brook@example.org`, or `Brook <brook@example.org>`. */
function senderOf([text, ...more]: string[]): MailConfig['from'] | undefined {
  const [, name, inside] = /^([^<>\p{Cc}]*)<([^<>]+)>$/u.exec(text ?? '') ?? []
  const clean = cleanMailAddress(inside ?? text ?? '')
  if (clean === undefined || more.length > 0) return undefined
  return { name: name?.trim() || undefined, address: clean.address }
}
