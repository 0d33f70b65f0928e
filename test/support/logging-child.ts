/** `node logging-child.ts DATA_DIR COUNT [console]`: logs so many lines and then says that it is still there. */
import { AppError } from '../../src/main/core/errors.ts';
import { createLogger } from '../../src/main/core/logger.ts';
import { createRedactor } from '../../src/main/core/redact.ts';

const [dataDir = '', count = '1', console] = process.argv.slice(2);
const logger = createLogger({ dataDir, level: 'info', console: console === 'console', redact: createRedactor() });
const room = logger.child('test');
for (let line = 0; line < Number(count); line++) {
  room.warn(`line ${line}`, { error: new AppError('offline', 'gone') });
}
// A turn later, since a broken pipe is told as an event.
setImmediate(() => {
  process.stdout.write('still here\n');
  logger.close();
});
