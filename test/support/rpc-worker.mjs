// A worker in a process of its own, on the Redis of a test: what the test kills. Says `ready`, and `took ID` for each call.
import { Rpc } from '../../dist/server/rpc/rpc.js'

const [address = '', fn = 'echo'] = process.argv.slice(2)
const rpc = new Rpc({ redis: JSON.parse(address), onTrouble: () => undefined })
await rpc.serve(fn, async (params, { id }) => {
  console.log(`took ${id}`)
  if (params === 'never') await new Promise(() => undefined)
  return { data: params }
})
console.log('ready')
