// A Brook server as a process of its own, for tests that kill or freeze it: settings as JSON, its address printed on
// a line.
import { runServer } from '../../server/main.ts'

const config = JSON.parse(process.argv[2])
// An address comes as its text.
if (config.publicUrl !== undefined) config.publicUrl = new URL(config.publicUrl)
const server = await runServer(config)
process.stdout.write(`${server.address}\n`)
