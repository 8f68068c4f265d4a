// node test/fault/import-large.mjs --megabytes 400
import { run } from './run.mjs'

await run('import-large')
