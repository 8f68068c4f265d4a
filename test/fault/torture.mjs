// npm run torture -- --minutes 10 --seed 7
import { run } from './run.mjs'

await run('torture')
