// The texts of mails, by language.
import { mailEn } from './en.ts'
import { mailZh } from './zh.ts'

export type MailLanguage = 'en' | 'zh'
export const mailWords = { en: mailEn, zh: mailZh }

/** The text with its places filled in; its plural form by `count`: one | many. */
export function fill(text: string, places: Readonly<Record<string, string>> = {}, count?: number): string {
  const [one = '', many = one] = count === undefined ? [text] : text.split(' | ')
  return (count === 1 ? one : many).replace(/\{(\w+)\}/g, (place, name: string) => places[name] ?? place)
}

/** Of Accept-Language (RFC 9110, 12.5.4): the first that we have. A page of ours says what its person has chosen. */
export function languageOf({
  headers,
}: {
  headers: { 'accept-language'?: string | undefined }
}): MailLanguage {
  const tags = (headers['accept-language'] ?? '').slice(0, 500).split(',')
  const found = tags.map((tag) => /^\s*(en|zh)\b/i.exec(tag)?.[1]).find((one) => one !== undefined)
  return found?.toLowerCase() === 'zh' ? 'zh' : 'en'
}

const tags: Record<MailLanguage, string> = { en: 'en', zh: 'zh-CN' }

/** A moment, with the zone that it is in: nobody's own is known. */
export const momentIn = (language: MailLanguage, at: number, timeZone = 'UTC'): string =>
  new Intl.DateTimeFormat(tags[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(at) + (timeZone === 'UTC' ? ' UTC' : '')
