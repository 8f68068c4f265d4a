// node test/fault/everyone-returns.mjs --sockets 5000
import { run } from './run.mjs'

run('everyone-returns')
