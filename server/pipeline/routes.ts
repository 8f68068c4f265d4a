// How messages travel, for administrators; to everybody else it does not exist.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyAdmin } from '../account/identify.ts'
import { refusals } from '../protocol/http.ts'
import { PipelineAnswer } from '../protocol/pipeline.ts'
import type { Pipeline } from './pipeline.ts'

/** For a scope that `identify` has prepared; asking counts as reading a page. */
export const pipelineRoutes: FastifyPluginAsyncTypebox<{ pipeline: Pick<Pipeline, 'look'> }> = async (
  app,
  { pipeline },
) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/pipeline',
    {
      schema: {
        tags: ['administration'],
        summary: 'How messages travel: each part and process with its figures, and what is stuck',
        response: { 200: PipelineAnswer, ...refusals },
      },
    },
    () => pipeline.look(),
  )
}
