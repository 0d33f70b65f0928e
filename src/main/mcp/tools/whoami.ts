import { z } from 'zod';
import { ScopeName } from '../../../shared/client-views.ts';
import { iso } from '../../core/iso-time.ts';
import { inOrder } from '../tool-scopes.ts';
import { defineTool, type Tool } from './tool.ts';

const Output = z.strictObject({
  subject: z.string().describe('Stands for the person: the same each time, and only on this installation of the app.'),
  clientId: z.string().describe('The client that the access token was issued to.'),
  scopes: z.array(ScopeName).describe('What the access token allows.'),
  expiresAt: z.iso.datetime().describe('When the access token ends.'),
});

/** The caller's own token, read back to it. */
export function whoami(): Tool {
  return defineTool({
    name: 'whoami',
    title: 'Who am I',
    description: 'Tells for whom and as which client you act here, what your access token allows and when it ends.',
    openWorld: false,
    input: z.strictObject({}),
    output: Output,
    run: async (_input, { access: { subject, clientId, scopes, expiresAt } }) => ({
      subject,
      clientId,
      scopes: inOrder(scopes),
      expiresAt: iso(expiresAt),
    }),
  });
}
