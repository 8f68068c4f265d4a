// node test/fault/uploads.mjs --kills 50 --megabytes 50
import { run } from './run.mjs'

await run('uploads')
