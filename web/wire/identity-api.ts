// The HTTP calls of how people prove who they are. Each returns its answer or a Refusal, and never throws.
import type { UserAnswer } from '../../server/protocol/http.ts'
import type {
  ChooseAnswer,
  ProviderAnswer,
  RecoveryCodesAnswer,
  ResetAnswer,
  SecurityAnswer,
  SecurityRules,
  TotpAnswer,
} from '../../server/protocol/security.ts'
import { request } from './http.ts'

/** `ticket`: of the refusal `second_factor_needed`. */
export const finishSignIn = (ticket: string, code: string) =>
  request<UserAnswer>({ method: 'POST', path: '/session/second-factor', body: { ticket, code } })

/** `reset`: what stands behind the # of the link. */
export const seeReset = (reset: string) =>
  request<ResetAnswer>({ method: 'POST', path: '/reset/person', body: { reset } })
export const resetPassword = (reset: string, password: string) =>
  request<ResetAnswer>({ method: 'POST', path: '/reset', body: { reset, password } })

/** `ticket`: behind the # of the address to which the identity provider led. */
export const comeProvided = (ticket: string) =>
  request<UserAnswer>({ method: 'POST', path: '/oidc/person', body: { ticket } })
export const connectProvided = (ticket: string, name: string, password: string) =>
  request<UserAnswer>({ method: 'POST', path: '/oidc/account', body: { ticket, name, password } })
/** `choose`: a ticket, for they may have an account here already. */
export const signInByDirectory = (name: string, password: string, invite: string | undefined) =>
  request<UserAnswer | ChooseAnswer>({
    method: 'POST',
    path: '/ldap',
    body: { name, password, ...(invite === undefined ? {} : { invite }) },
  })
export const beginProvider = (password: string) =>
  request<ProviderAnswer>({ method: 'POST', path: '/security/provider', body: { password } })
export const disconnectProvider = (password: string) =>
  request<undefined>({ method: 'DELETE', path: '/security/provider', body: { password } })

export const ownSecurity = () => request<SecurityAnswer>({ method: 'GET', path: '/security' })
export const beginTotp = (password: string) =>
  request<TotpAnswer>({ method: 'POST', path: '/security/totp', body: { password } })
export const confirmTotp = (ticket: string, code: string) =>
  request<RecoveryCodesAnswer>({ method: 'PUT', path: '/security/totp', body: { ticket, code } })
export const removeTotp = (password: string) =>
  request<undefined>({ method: 'DELETE', path: '/security/totp', body: { password } })
export const renewRecoveryCodes = (password: string) =>
  request<RecoveryCodesAnswer>({ method: 'POST', path: '/security/recovery-codes', body: { password } })

export const securityRules = () => request<SecurityRules>({ method: 'GET', path: '/admin/security' })
export const changeSecurityRules = (rules: SecurityRules) =>
  request<SecurityRules>({ method: 'PUT', path: '/admin/security', body: rules })
