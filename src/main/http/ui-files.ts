import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { AppError } from '../core/errors.ts';
import { sendError } from './error-answer.ts';
import { RENDERER_TYPES, rendererPolicy } from './renderer-policy.ts';

export interface UiFiles {
  /**
   * Answers with one file of the built renderer; the empty path is its page.
   * @param path what follows `/ui/`, as sent
   * @throws AppError `not_found`
   */
  answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

/**
 * The built renderer as static files. Only names that were found in its folder are served, compared as they are sent:
 * no path from outside ever reaches the file system, so there is none to traverse with.
 *
 * @param parts.folder of the built renderer
 */
export function createUiFiles({ folder }: { folder: string }): UiFiles {
  let listing: Promise<ReadonlySet<string>> | null = null;

  return {
    async answer(request, response, path) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        const error = new AppError('bad_input', 'Files are asked for with GET.');
        return sendError(request, response, error, { status: 405, headers: { allow: 'GET, HEAD' } });
      }
      listing ??= listFiles(folder);
      const name = path === '' ? 'index.html' : path;
      const type = RENDERER_TYPES[extname(name)];
      if (type === undefined || !(await listing).has(name)) throw new AppError('not_found', 'There is no such page.');
      const content = await readFile(join(folder, ...name.split('/')));
      response.writeHead(200, {
        'content-type': type,
        'content-length': content.length,
        // The bundler puts a hash of the content into the names below assets/, so these never change.
        'cache-control': name.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
        'content-security-policy': rendererPolicy('self'),
        'cross-origin-opener-policy': 'same-origin',
      });
      response.end(request.method === 'HEAD' ? undefined : content);
    },
  };
}

async function listFiles(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')));
}
