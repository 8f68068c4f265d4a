// Ports of the loopback that nobody has, for programs that must be told theirs.
import { createServer, type AddressInfo, type Server } from 'node:net'

/** All of them are different, and so are the ones that follow each of them. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = []
  const open = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(undefined))
      server.listen(port, '127.0.0.1', () => {
        held.push(server)
        resolve((server.address() as AddressInfo).port)
      })
    })
  const found: number[] = []
  while (found.length < count) {
    const port = (await open(0)) ?? 0
    if ((await open(port + 1)) !== undefined) found.push(port)
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  return found
}
