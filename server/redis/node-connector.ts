// How one connection finds its node: whoever takes the writes of its slot at the moment it connects. ioredis does the rest, as
// for a Redis that stands alone: so a connection stays in one node, its commands keep their order, and WAIT speaks of them.
import net from 'node:net'
import tls from 'node:tls'
import { AbstractConnector } from 'ioredis'
import type { NodeAddress } from '../config-redis.ts'
import type { Nodes } from './nodes.ts'

/** Where a connection goes. `any`: for signals, which every node passes on to every other. */
export type Place = { slot: number } | 'any'

interface Options {
  disconnectTimeout: number
  tls?: tls.ConnectionOptions | undefined
}

/** A class of connectors, as ioredis wants it, for one connection. `at`: told of each node that it goes to. */
export function connectorTo(
  nodes: Nodes,
  place: Place,
  at: (node: NodeAddress) => void,
): new (options: unknown) => AbstractConnector {
  let attempts = Math.floor(Math.random() * 100)
  return class NodeConnector extends AbstractConnector {
    readonly #tls: tls.ConnectionOptions | undefined

    constructor(options: unknown) {
      super((options as Options).disconnectTimeout)
      this.#tls = (options as Options).tls
    }

    async connect() {
      this.connecting = true
      delete this.firstError
      await nodes.look()
      // Trap: ioredis never tries again after a connector that has failed. So a stream that is ended says why.
      if (!this.connecting) return this.#ended(new Error('Connection is closed.'))
      const { primaries } = nodes
      attempts += 1
      const node = place === 'any' ? primaries[attempts % primaries.length] : nodes.primaryOf(place.slot)
      if (node === undefined)
        return this.#ended(
          primaries.length === 0 ? nodes.lastError : new Error('CLUSTERDOWN no node has this slot'),
        )
      at(node)
      this.stream =
        this.#tls === undefined ? net.connect(node) : tls.connect({ ...named(node), ...this.#tls })
      this.stream.once('error', (error: Error) => {
        this.firstError = error
      })
      return this.stream
    }

    /** `info`: as it says of itself when it is asked, which is before anything is sent. */
    override check(info: Partial<Record<string, string>>): boolean {
      return place === 'any' || info['role'] === undefined || info['role'] === 'master'
    }

    #ended(why: Error): net.Socket {
      this.firstError = why
      this.stream = new net.Socket().destroy()
      return this.stream as net.Socket
    }
  }
}

/** A certificate names the host, where it is one. */
const named = (node: NodeAddress): tls.ConnectionOptions =>
  net.isIP(node.host) === 0 ? { ...node, servername: node.host } : { ...node }
