// Runs before the flow tests: builds the server, because the processes that they start, kill and freeze run what
// ships.
import { prepareTests } from '../../server/cli/prepare.mjs'

export const setup = prepareTests
