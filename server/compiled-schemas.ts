// The validators and serializers of the routes' schemas, each compiled once: routes share schemas, above all that of
// errors, and so do the servers of one process.
import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { FastifyRouteSchemaDef } from 'fastify/types/schema.js'

/** `of`: what a route is compiled from, besides its schema. */
function once<Route extends { schema?: unknown }, Compiled>(
  compile: (route: Route) => Compiled,
  of: (route: Route) => string = () => '',
): (route: Route) => Compiled {
  const made = new WeakMap<object, Map<string, Compiled>>()
  return (route) => {
    const schema = Object(route.schema) as object
    const known = made.get(schema) ?? new Map<string, Compiled>()
    made.set(schema, known)
    const compiled = known.get(of(route)) ?? compile(route)
    known.set(of(route), compiled)
    return compiled
  }
}

const build = SerializerSelector()({}, {})
const serializer = once((route: FastifyRouteSchemaDef<unknown>) =>
  build({ ...route, httpStatus: route.httpStatus ?? '' }),
)
const validator = once(TypeBoxValidatorCompiler, ({ httpPart }) => httpPart ?? '')

export function compileSchemas(app: FastifyInstance): void {
  app.setValidatorCompiler(validator).setSerializerCompiler(serializer)
}
