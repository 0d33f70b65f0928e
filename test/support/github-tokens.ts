import { DEMO_CLIENT, type EmulatedGitHub } from '../../src/main/demo/emulated-github.ts';

/** A token of `login`, come by with the device flow. The emulated GitHub needs an `intervalSeconds` of 0. */
export async function tokenFor(github: EmulatedGitHub, login = 'octocat'): Promise<string> {
  const ask = async (path: string, fields: Record<string, string>): Promise<Record<string, string>> => {
    const headers = { accept: 'application/json' };
    const body = new URLSearchParams({ client_id: DEMO_CLIENT.clientId, ...fields });
    const answer = await fetch(github.url + path, { method: 'POST', headers, body });
    return (await answer.json()) as Record<string, string>;
  };
  const { device_code = '', user_code = '' } = await ask('/login/device/code', {});
  github.approve(user_code, login);
  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  const { access_token } = await ask('/login/oauth/access_token', { device_code, grant_type: grant });
  if (access_token === undefined) throw new Error(`${login} got no token`);
  return access_token;
}
