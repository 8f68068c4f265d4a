// Opens the stores of a data folder and holds them until it is killed; tests kill it in place of `brook start`.
import { openStores } from '../../server/stores/open.ts'

const [dataDir = ''] = process.argv.slice(2)
const tell = (/** @type {string} */ line) => console.error(line)
await openStores({ dataDir, redis: undefined, mysql: undefined }, tell, { verb: 'brook start', alone: true })
console.log('open')
setInterval(() => undefined, 60_000)
