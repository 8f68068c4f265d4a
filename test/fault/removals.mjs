// node test/fault/removals.mjs --rounds 50 --seed 7
import { run } from './run.mjs'

await run('removals')
