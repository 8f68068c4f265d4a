// The HTTP routes of one's own sections. A change is told to all devices of the person, which read them again.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Bus } from '../bus.ts'
import { nothing, refusals } from '../protocol/http.ts'
import {
  NewSectionBody,
  SectionAnswer,
  SectionBody,
  SectionParams,
  SectionsAnswer,
} from '../protocol/sections.ts'
import type { Sections } from './sections.ts'

interface SectionRoutes {
  sections: Sections
  bus: Pick<Bus, 'publish'>
}

const tags = ['rooms']

/** For a scope that `identify` has prepared. */
export const sectionRoutes: FastifyPluginAsyncTypebox<SectionRoutes> = async (app, { sections, bus }) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)
  const tell = (user: string): void => bus.publish({ kind: 'event', user, event: { type: 'sections' } })

  app.get(
    '/api/me/sections',
    {
      schema: {
        tags,
        summary: 'The sections of your list of rooms, in its order',
        response: { 200: SectionsAnswer, ...refusals },
      },
    },
    async (request) => ({ sections: await sections.list(requireSession(request).user.id) }),
  )

  app.post(
    '/api/me/sections',
    {
      schema: {
        tags,
        summary: 'Make a section of your own',
        body: NewSectionBody,
        response: { 201: SectionAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const section = granted(await sections.make(user.id, request.body.name))
      tell(user.id)
      return reply.code(201).send({ section })
    },
  )

  app.patch(
    '/api/me/sections/:section',
    {
      schema: {
        tags,
        summary: 'Change a section: its name, its place, whether it is folded, and how it is sorted',
        params: SectionParams,
        body: SectionBody,
        response: { 200: SectionAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const section = granted(await sections.change(user.id, request.params.section, request.body))
      tell(user.id)
      return { section }
    },
  )

  app.delete(
    '/api/me/sections/:section',
    {
      schema: {
        tags,
        summary: 'Delete a section; its rooms stay, in no section',
        params: SectionParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await sections.delete(user.id, request.params.section)
      if (refusal !== undefined) return refuse(reply, refusal)
      tell(user.id)
      return reply.code(204).send(null)
    },
  )
}
