// The rules about words and links by HTTP: for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { onlyAdmin, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { personOf } from '../protocol/people.ts'
import {
  WordRuleAnswer,
  WordRuleBody,
  WordRuleParams,
  WordRulesAnswer,
  WordRulesChange,
} from '../protocol/word-rules.ts'
import type { Changing, WordRules } from './rules.ts'

const tags = ['moderation']

const changingOf = (request: FastifyRequest): Changing => ({
  by: personOf(requireSession(request).user),
  address: request.ip,
})

/** For a scope that `identify` has prepared. */
export const wordRuleRoutes: FastifyPluginAsyncTypebox<{ wordRules: WordRules }> = async (
  app,
  { wordRules },
) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/rules',
    {
      schema: {
        tags,
        summary: 'Words and sites that are refused, or held for review',
        response: { 200: WordRulesAnswer, ...refusals },
      },
    },
    () => wordRules.list(),
  )

  app.post(
    '/api/admin/rules',
    {
      schema: {
        tags,
        summary: 'Refuse a word or a site, or hold it for review',
        body: WordRuleBody,
        response: { 201: WordRuleAnswer, ...refusals },
      },
    },
    async (request, reply) =>
      reply.code(201).send(granted(await wordRules.add(changingOf(request), request.body))),
  )

  app.delete(
    '/api/admin/rules/:rule',
    {
      schema: {
        tags,
        summary: 'Remove a rule',
        params: WordRuleParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) =>
      (await wordRules.remove(changingOf(request), request.params.rule))
        ? reply.code(204).send(null)
        : refuse(reply, { code: 'not_found' }),
  )

  app.patch(
    '/api/admin/rules',
    {
      schema: {
        tags,
        summary: 'For how long links of people who have only just come are held for review',
        body: WordRulesChange,
        response: { 200: WordRulesAnswer, ...refusals },
      },
    },
    async (request) => {
      await wordRules.setHoldLinks(changingOf(request), request.body.holdLinksMs)
      return wordRules.list()
    },
  )
}
