// A server of Brook as a process of its own, for tests that kill or freeze it: its settings as JSON, its address on a line.
import { runServer } from '../../dist/server/main.js'

const server = await runServer(JSON.parse(process.argv[2]))
process.stdout.write(`${server.address}\n`)
