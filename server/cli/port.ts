// Checks that the chosen port is free before anything starts.
import { createServer } from 'node:net'

/** An address that cannot be listened on. Its message is shown to a person: one line. */
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

/** The same messages for a port that was taken between the check and the start. `name`: of the setting. */
export function portError(error: NodeJS.ErrnoException, host: string, port: number, name = 'PORT'): Error {
  const command = name === 'PORT' ? ' npm start' : ''
  switch (error.code) {
    case 'EADDRINUSE':
      return new PortError(`port ${port} is already in use. Choose another: ${name}=${port + 1}${command}`)
    case 'EACCES':
      return new PortError(`port ${port} needs root. Choose one above 1023: ${name}=3000${command}`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new PortError(`this machine has no address "${host}". Choose another HOST, such as 0.0.0.0.`)
    default:
      return error
  }
}
