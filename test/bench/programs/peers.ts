// Packages of the bench only: they are in test/bench/node_modules, beside the sources and not beside the compiled files.
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from '../../../server/root.ts'

/** A package of test/bench/package.json, which run.mjs has installed. */
export const peer = createRequire(path.join(root, 'test/bench/package.json'))
