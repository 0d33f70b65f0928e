/**
 * What GitHub makes the app of; the person sees and confirms it there.
 * @see https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export interface Manifest {
  name: string;
  url: string;
  description: string;
  /** Where GitHub sends the browser with the code for the conversion. */
  redirect_url: string;
  callback_urls: string[];
  /** Where GitHub sends the browser after the app was installed, or its repositories were chosen anew. */
  setup_url: string;
  setup_on_update: boolean;
  public: boolean;
  default_permissions: Record<string, string>;
  default_events: string[];
  hook_attributes: { url: string; active: boolean };
}

/** The least that is of use to git and to reading tools. The person adds more at GitHub, where they see what it means. */
const PERMISSIONS = { contents: 'read', issues: 'read', metadata: 'read', pull_requests: 'read' };

/**
 * @param redirectUrl where GitHub answers
 * @param callbackUrl where sign-ins of the new app return to
 * @param setupUrl where the person comes to after installing it
 */
export function manifestOf(input: {
  name: string;
  redirectUrl: string;
  callbackUrl: string;
  setupUrl: string;
}): Manifest {
  return {
    name: input.name,
    url: 'https://trackeep.org',
    description: 'Gives tokens to the programs on my own machine, through Trackeep Tray.',
    redirect_url: input.redirectUrl,
    callback_urls: [input.callbackUrl],
    setup_url: input.setupUrl,
    setup_on_update: true,
    public: false,
    default_permissions: PERMISSIONS,
    default_events: [],
    // GitHub wants an address. It is never called: this machine cannot be reached from there.
    hook_attributes: { url: 'https://trackeep.org', active: false },
  };
}
