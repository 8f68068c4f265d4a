// Opens the stores of a data folder and holds them until it is killed: what a test kills in place of `brook start`.
import { openStores } from '../../dist/server/stores/open.js'

const [dataDir = ''] = process.argv.slice(2)
const tell = (/** @type {string} */ line) => console.error(line)
await openStores({ dataDir, redis: undefined, mysql: undefined }, tell, { verb: 'brook start', alone: true })
console.log('open')
setInterval(() => undefined, 60_000)
