// node test/fault/everyone-returns.mjs --sockets 5000
import { run } from './run.mjs'

await run('everyone-returns')
