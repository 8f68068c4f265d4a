// What a part of Brook can do in the process that runs it. A new capability is a folder with a feature.ts, and a line
// in app.ts.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Signal } from './bus.ts'
import type { LogSubscriber } from './log/log.ts'

/**
 * Everything is optional. As a subscriber of the log, a feature receives entries in the order in which app.ts lists
 * the features.
 */
export interface Feature extends LogSubscriber {
  /** Routes outside `identify`: they know no session. */
  publicRoutes?: FastifyPluginAsyncTypebox
  /**
   * Routes under `identify`: `request.session` is set if somebody is signed in. A route that needs a session requires
   * it itself.
   */
  routes?: FastifyPluginAsyncTypebox
  /** A signal arrived on the bus, from any process of this Brook, including this one. */
  onSignal?(signal: Signal): void
  /** Called once the log is open; called again while MySQL is down. */
  open?(): Promise<void>
  /** The server is about to close: requests and sockets are served until this resolves. */
  beforeClose?(): Promise<void> | void
  /**
   * No more requests come. The last of the list is closed first; the log and the stores stay open until all features
   * are closed.
   */
  close?(): Promise<void> | void
}
