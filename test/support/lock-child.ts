/** `node lock-child.ts DATA_DIR`: takes the lock, prints "held" or the error's code, and holds it until it is ended. */
import { AppError } from '../../src/main/core/errors.ts';
import { acquireInstanceLock } from '../../src/main/core/instance-lock.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  acquireInstanceLock(dataDir);
  console.log('held');
  setInterval(() => {}, 1_000);
} catch (error) {
  console.log(error instanceof AppError ? error.code : String(error));
}
