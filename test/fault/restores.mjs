// node test/fault/restores.mjs --moments 3 --seed 7
import { run } from './run.mjs'

await run('restores')
