// The rules of the workspace about words and links.
import { Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import { onlyAdmin, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { ErrorAnswer } from '../protocol/http.ts'
import { personOf } from '../protocol/people.ts'
import {
  WordRuleAnswer,
  WordRuleBody,
  WordRuleParams,
  WordRulesAnswer,
  WordRulesChange,
} from '../protocol/word-rules.ts'
import { WordRules, type Changing } from './rules.ts'

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; no content.' })
const tags = ['moderation']

/** What posting needs of it. */
export function openWordRules({ db, bus, onError }: Core): { wordRules: WordRules } {
  return { wordRules: new WordRules({ db, bus, onError }) }
}

const changingOf = (request: FastifyRequest): Changing => ({
  by: personOf(requireSession(request).user),
  address: request.ip,
})

export function wordRuleFeature({ wordRules }: { wordRules: WordRules }): Feature {
  return {
    open: () => wordRules.open(),
    onReconnect: () => wordRules.soon(),
    onSignal: (signal) => {
      if (signal.kind === 'workspace') wordRules.soon()
    },
    routes: async (app) => {
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
    },
    close: () => wordRules.close(),
  }
}
