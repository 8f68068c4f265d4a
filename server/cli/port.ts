// Whether the port that a person chose is free, asked before anything starts.
import { createServer } from 'node:net'

/** An address that cannot be listened on. Its message is for a person: one line. */
export class PortError extends Error {
  override name = 'PortError'
}

export async function refuseTakenPort({ host, port }: { host: string; port: number }): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(portError(error, host, port)))
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

/** The same words for a port that was taken between the question and the start. */
export function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new PortError(
        `port ${port} is taken by another program. Choose another: PORT=${port + 1} npm start`,
      )
    case 'EACCES':
      return new PortError(`port ${port} needs root. Choose one above 1023: PORT=3000 npm start`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new PortError(`this machine has no address "${host}". Choose another HOST, such as 0.0.0.0.`)
    default:
      return error
  }
}
