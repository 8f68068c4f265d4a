// node test/fault/ban-outages.mjs --rounds 50 --seed 7
import { run } from './run.mjs'

await run('ban-outages')
