// The HTTP routes of one's own mail address.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Accounts } from '../account/accounts.ts'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import { confirmedUser } from '../identity/confirmed.ts'
import { languageOf } from '../mail/words/words.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { MailAnswer, MailBody, MailLanguageBody, NoMailBody } from '../protocol/mail.ts'
import { personOf } from '../protocol/people.ts'
import type { AddressChanges } from './address-changes.ts'
import type { MailAddresses } from './addresses.ts'

export interface OwnMailRoutes {
  accounts: Pick<Accounts, 'refusePassword'>
  addresses: MailAddresses
  changes: AddressChanges
}

const tags = ['mail']

/** For a scope that `identify` has prepared. */
export const ownMailRoutes: FastifyPluginAsyncTypebox<OwnMailRoutes> = async (app, deps) => {
  const { accounts, addresses, changes } = deps
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.get(
    '/api/me/mail',
    {
      schema: {
        tags,
        summary: 'Your mail address, which nobody else is shown',
        response: { 200: MailAnswer, ...refusals },
      },
    },
    (request) => addresses.of(requireSession(request).user.id),
  )

  app.put(
    '/api/me/mail',
    {
      schema: {
        tags,
        summary:
          'Set your mail address; it is yours once you have opened the link that is sent there. Needs the password',
        body: MailBody,
        response: { 202: MailAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { address, password = '' } = request.body
      const user = await confirmedUser(request, password, accounts)
      const refusal = await changes.want(personOf(user), address, languageOf(request))
      if (refusal !== undefined) throw new Refused(refusal)
      return reply.code(202).send(await addresses.of(user.id))
    },
  )

  app.delete(
    '/api/me/mail',
    {
      schema: {
        tags,
        summary: 'Remove your mail address; needs the password',
        body: NoMailBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const user = await confirmedUser(request, request.body.password ?? '', accounts)
      await changes.remove(personOf(user), request.ip)
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/api/me/mail/language',
    {
      schema: {
        tags,
        summary: 'In which language Brook writes to you',
        body: MailLanguageBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await addresses.speak(requireSession(request).user.id, request.body.language)
      return reply.code(204).send(null)
    },
  )
}
