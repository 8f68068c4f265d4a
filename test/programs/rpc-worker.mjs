// A worker in a process of its own, on a test's Redis; the test kills it. Prints `ready`, and `took ID` for each
// call.
import { RedisProvider } from '../../server/redis/provider.ts'
import { Rpc } from '../../server/rpc/rpc.ts'

const [address = '', fn = 'echo'] = process.argv.slice(2)
const rpc = new Rpc({ redis: new RedisProvider(JSON.parse(address)).rpc, onError: () => undefined })
await rpc.serve(fn, async (params, { id }) => {
  console.log(`took ${id}`)
  if (params === 'never') await new Promise(() => undefined)
  return { data: params }
})
console.log('ready')
