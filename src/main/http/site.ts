import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { callbackPage, type OnCallback } from './callback.ts';
import { sendError } from './error-answer.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';

/** What marks a request for the issuer's authorize endpoint, which shares the path `/`. */
const OAUTH_PARAMETERS = ['client_id', 'response_type', 'redirect_uri'];

/**
 * Everything on the listener beside the web UI, as a Koa app: the issuer's library is one too and mounts into it.
 */
export function createSite({ onCallback, logger }: { onCallback: OnCallback; logger: Logger }): RequestListener {
  const app = new Koa();
  // Only what fails while an answer is under way still gets here; Koa would print it.
  app.on('error', (error) => logger.warn('an answer could not be sent', { error }));
  const router = new Router();

  router.get('/', (context, next) => {
    if (OAUTH_PARAMETERS.some((name) => name in context.query)) return next();
    context.status = 303;
    context.redirect('/ui/');
  });

  router.get('/oauth/callback/:platform', async (context) => {
    const { platform = '' } = context.params;
    const { status, page } = await callbackPage(onCallback, platform, new URLSearchParams(context.querystring));
    context.status = status;
    context.set({ ...PAGE_HEADERS, 'cache-control': 'no-store' });
    context.body = renderPage(page);
  });

  app.use(async (context, next) => {
    try {
      await next();
      if (context.status === 404 && context.body == null) throw new AppError('not_found', 'There is nothing here.');
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'internal') logger.error('a request failed', { path: context.path, error: thrown });
      // One form of errors for the whole listener, so Koa's own answering is bypassed.
      context.respond = false;
      sendError(context.req, context.res, error);
    }
  });
  app.use(router.routes());
  return app.callback();
}
