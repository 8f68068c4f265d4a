// The HTTP calls about mail. Each returns its answer or a Refusal, and never throws.
import type { UserAnswer } from '../../server/protocol/http.ts'
import type { MailAnswer, MailLinkAnswer } from '../../server/protocol/mail.ts'
import { request } from './http.ts'

export const readMail = () => request<MailAnswer>({ method: 'GET', path: '/me/mail' })
/** `password`: of whoever has one. */
export const setMail = (address: string, password: string | undefined) =>
  request<MailAnswer>({ method: 'PUT', path: '/me/mail', body: { address, password } })
export const removeMail = (password: string | undefined) =>
  request<undefined>({ method: 'DELETE', path: '/me/mail', body: { password } })
/** In which language one is written to. */
export const speakMail = (language: 'en' | 'zh') =>
  request<undefined>({ method: 'PUT', path: '/me/mail/language', body: { language } })

/** `code`: of the link in a mail. */
export const turnMailOff = (code: string) =>
  request<{ off: true }>({ method: 'POST', path: `/mail/off/${encodeURIComponent(code)}`, body: {} })

/** For whoever is not in. `what`: a new password, or to come in. */
export const askByMail = (what: 'forgot' | 'join', address: string) =>
  request<null>({ method: 'POST', path: `/mail/${what}`, body: { address } })
/** `code`: what stands behind the # of a mailed link. */
export const seeMailLink = (code: string) =>
  request<MailLinkAnswer>({ method: 'POST', path: '/mail/link', body: { code } })
export const confirmMail = (code: string) =>
  request<MailLinkAnswer>({ method: 'POST', path: '/mail/confirm', body: { code } })
export const enterByMail = (code: string, name: string, password: string) =>
  request<UserAnswer>({ method: 'POST', path: '/mail/enter', body: { code, name, password } })
