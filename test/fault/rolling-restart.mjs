// node test/fault/rolling-restart.mjs --rounds 2 --rate 100
import { run } from './run.mjs'

await run('rolling-restart')
