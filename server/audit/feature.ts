// The audit log, for administrators: page by page, and as a file.
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { onlyAdmin } from '../account/identify.ts'
import type { Feature } from '../feature.ts'
import { AuditAnswer, AuditQuery } from '../protocol/audit.ts'
import { refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Audit } from './audit.ts'

const tags = ['administration']
const Lines = {
  description: 'One JSON object on each line.',
  content: { 'application/x-ndjson': { schema: Type.Unsafe<Readable>(Type.String()) } },
}

export function auditFeature({ audit }: { audit: Audit }): Feature {
  return {
    routes: async (app) => {
      app.addHook('preHandler', onlyAdmin)

      app.get(
        '/api/admin/audit',
        {
          schema: {
            tags,
            summary: 'What people did: a log with dense numbers',
            querystring: AuditQuery,
            response: { 200: AuditAnswer, ...refusals },
          },
        },
        (request) => audit.read(request.query),
      )

      app.get(
        '/api/admin/audit/export',
        {
          config: { audit: 'exported' },
          schema: {
            tags,
            summary: 'The whole audit log, one JSON object on each line',
            response: { 200: Lines, ...refusals },
          },
        },
        async (_request, reply) => {
          void reply.header('content-type', 'application/x-ndjson; charset=utf-8')
          void reply.header('content-disposition', 'attachment; filename="audit.ndjson"')
          return reply.send(Readable.from(lines(audit)))
        },
      )
    },
  }
}

async function* lines(audit: Audit): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const { entries } = await audit.read({ after, limit: limits.audit.page.max })
    const last = entries.at(-1)
    if (last === undefined) return
    yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    after = last.seq
  }
}
