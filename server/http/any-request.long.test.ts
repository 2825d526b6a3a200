import { randomInt } from 'node:crypto'
import { testAnyRequest } from '../testing/any-request.ts'

/** Another seed each time; the names of the tests tell it, and TEST_SEED=number repeats it. */
testAnyRequest(Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31)), 20)
