// A Brook server as a process of its own, for tests that kill or freeze it: settings as JSON, its address printed on
// a line.
import { runServer } from '../../server/main.ts'

const server = await runServer(JSON.parse(process.argv[2]))
process.stdout.write(`${server.address}\n`)
