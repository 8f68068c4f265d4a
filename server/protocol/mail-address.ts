// Mail addresses and their domains: what may be one, and when two are the same. Nothing that passes here can end a line of SMTP.
import { limits } from './limits.ts'

/** `key`: the same for all ways of writing an address; what is sent to. Its domain is in ASCII (IDNA). */
export interface MailAddress {
  address: string
  key: string
  domain: string
}

/** RFC 5322's dot-atom, in ASCII. Limit: addresses of RFC 6531 (SMTPUTF8) and quoted ones cannot be used. */
const local = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const domainChars = 253

/** In ASCII and lower case; undefined: no name of the DNS with at least two parts. */
export function cleanDomain(raw: string): string | undefined {
  const text = raw.trim().normalize('NFC')
  // Only what the parser of URLs takes for a host, and nothing around it.
  if (text === '' || /[\s\p{Cc}/?#@:[\]\\%<>^|]/u.test(text) || !URL.canParse(`https://${text}`))
    return undefined
  const domain = new URL(`https://${text}`).hostname.replace(/\.$/, '')
  const labels = domain.split('.')
  const isName = labels.length > 1 && labels.every((one) => label.test(one))
  // Of an address of the network, the last part is a number.
  return isName && domain.length <= domainChars && /[a-z]/.test(labels.at(-1) ?? '') ? domain : undefined
}

/** Undefined: nothing that Brook writes to. */
export function cleanMailAddress(raw: string): MailAddress | undefined {
  const text = raw.trim()
  const at = text.lastIndexOf('@')
  const before = text.slice(0, Math.max(0, at))
  const domain = cleanDomain(text.slice(at + 1))
  if (domain === undefined || before.length > limits.mail.localChars || !local.test(before)) return undefined
  const address = `${before}@${domain}`
  if (address.length > limits.mail.addressChars) return undefined
  return { address, key: address.toLowerCase(), domain }
}

/** `example.org`, or `*.example.org`: everything below it, and not itself. Undefined: neither. */
export function cleanDomainRule(raw: string): string | undefined {
  const text = raw.trim()
  const isBelow = text.startsWith('*.')
  const domain = cleanDomain(isBelow ? text.slice(2) : text)
  return domain && (isBelow ? `*.${domain}` : domain)
}

/** Whether one of these rules, as people write them, is about this domain, which is in ASCII. */
export const allowsDomain = (rules: readonly string[], domain: string): boolean =>
  rules
    .map(cleanDomainRule)
    .some((rule) => (rule?.startsWith('*.') === true ? domain.endsWith(rule.slice(1)) : domain === rule))

/** Where anybody gets an address: whoever lets these in lets everybody in. The best known; there are thousands. */
const everybodys = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com
   mac.com aol.com proton.me protonmail.com pm.me gmx.de gmx.net gmx.com web.de t-online.de mail.com zoho.com
   fastmail.com tutanota.com tuta.io yandex.ru yandex.com mail.ru bk.ru inbox.ru list.ru rambler.ru qq.com
   foxmail.com 163.com 126.com yeah.net sina.com sohu.com 139.com aliyun.com naver.com daum.net hanmail.net
   orange.fr free.fr laposte.net wanadoo.fr libero.it hey.com duck.com`.split(/\s+/),
)
export const isEverybodys = (rule: string): boolean => everybodys.has(rule.replace(/^\*\./, ''))
