// Before the flow tests: the server is compiled, for the processes that they start, kill and freeze run what ships.
import { prepare } from '../../server/cli/prepare.mjs'

export const setup = () => prepare(undefined)
