import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { renderPage } from '../core/page.ts';
import { callbackPage, type OnCallback, type Outcome, outcomeOf, type SignInLookup, wayOn } from './callback.ts';
import { sendError } from './error-answer.ts';
import { addGitHubAppPages, type GitHubAppDesk } from './github-app-pages.ts';

/**
 * What is left of the listener beside the web UI, the issuer and the MCP server, as a Koa app.
 */
export function createSite(parts: {
  onCallback: OnCallback;
  signIn: SignInLookup;
  /** Where a sign-in that somebody else waits for goes on; null: nowhere. */
  onward: (flowId: string) => string | null;
  githubApps: GitHubAppDesk;
  logger: Logger;
}): RequestListener {
  const { onCallback, signIn, onward, githubApps, logger } = parts;
  const app = new Koa();
  // Only what fails while an answer is under way still gets here; Koa would print it.
  app.on('error', (error) => logger.warn('an answer could not be sent', { error }));
  const router = new Router();

  router.get('/', (context) => {
    context.status = 303;
    context.redirect('/ui/');
  });

  // Before the sign-ins, whose pattern takes it too.
  addGitHubAppPages(router, githubApps);
  router.get('/oauth/callback/:platform', async (context) => {
    const { platform = '' } = context.params;
    const parameters = new URLSearchParams(context.querystring);
    const outcome = await onCallback(platform, parameters);
    const next = wayOn(outcome, parameters, onward);
    if (next === null) return show(context, outcome);
    context.set('cache-control', 'no-store');
    context.status = 303;
    context.redirect(next);
  });
  router.get('/oauth/done/:flow', (context) => show(context, outcomeOf(signIn, context.params.flow ?? '')));

  const show = (context: Koa.Context, outcome: Outcome) => {
    const { status, page } = callbackPage(outcome);
    const { html, headers } = renderPage(page);
    context.status = status;
    context.set({ ...headers });
    context.body = html;
  };

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
