// Compresses what people and programs read over HTTP, once it is worth it.
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'
import { isSameOrigin } from './account/token.ts'

/** One packet carries as much anyway. */
const minBytes = 1_400

/**
 * For the routes that are registered after it. The length of a compressed answer tells what two parts of it have in common: so
 * nothing that another site's page asks for is compressed, and no answer to a change, which may have a new secret in it.
 * Downloads and the socket have their own ways.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (![route.method].flat().every((method) => method === 'GET' || method === 'HEAD'))
      route.compress = false
  })
  app.addHook('onRequest', async (request) => {
    if (!isSameOrigin(request)) request.headers['x-no-compression'] = '1'
  })
  await app.register(compress, {
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    threshold: minBytes,
    customTypes: /^application\/json(?:;|$)/,
    brotliOptions: {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: 4,
      },
    },
  })
}
