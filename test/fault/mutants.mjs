// node test/fault/mutants.mjs [part of a name]
import { run } from './run.mjs'

await run('mutants')
